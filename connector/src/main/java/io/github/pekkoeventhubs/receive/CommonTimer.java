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
 */
final class CommonTimer implements StageSignal.Timer {

  private final StageSignal.Timer timer;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean runs = new AtomicBoolean();

  CommonTimer(StageSignal.Timer timer) {
    this.timer = timer;
  }

  @Override
  public void after(Duration delay, Runnable task) {
    waiting.add(task);
    if (runs.compareAndSet(false, true)) {
      timer.after(delay, this::fired);
    }
  }

  private void fired() {
    // First: a task that is added from here on is run now, or starts the timer again, or both.
    runs.set(false);
    for (int left = waiting.size(); left > 0; left--) {
      Runnable task = waiting.poll();
      if (task == null) {
        return;
      }
      task.run();
    }
  }
}
