// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One timer for the delayed wake-ups of all partitions' stages of a source: where each had a timer
 * of its own, the timer's thread would be woken once for each. All delays must be of the same
 * length. A delay that begins while another one runs ends with it. Any thread.
 *
 * <p>A wake-up of a stage takes some 5 µs of processor time. Where many stages are woken at a time,
 * the delays become longer, so that all wake-ups together take no more than some four hundredths of
 * one processor: one period for each {@value #STAGES_OF_A_PERIOD} stages, and at most {@value
 * #MOST_PERIODS}.
 */
final class SharedTimer implements StageSignal.Timer {

  /** The number of stages that can be woken once in a period at little cost. */
  static final int STAGES_OF_A_PERIOD = 8;

  /** The bound of the delay, in periods, however many stages wait. */
  static final int MOST_PERIODS = 4;

  private final StageSignal.Timer timer;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean runs = new AtomicBoolean();
  private volatile int periods = 1;

  SharedTimer(StageSignal.Timer timer) {
    this.timer = timer;
  }

  @Override
  public void after(Duration period, Runnable task) {
    waiting.add(task);
    if (runs.compareAndSet(false, true)) {
      timer.after(period.multipliedBy(periods), this::fired);
    }
  }

  @Override
  public int periods() {
    return periods;
  }

  private void fired() {
    // First: a task that is added from here on is run now, or starts the timer again, or both.
    runs.set(false);
    int stages = waiting.size();
    periods = Math.max(1, Math.min(MOST_PERIODS, stages / STAGES_OF_A_PERIOD));
    for (int left = stages; left > 0; left--) {
      Runnable task = waiting.poll();
      if (task == null) {
        return;
      }
      task.run();
    }
  }
}
