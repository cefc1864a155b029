// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import reactor.core.scheduler.Schedulers;

/**
 * Wakes a stage that has run out of events. A wake-up costs the producer, which is the connection's
 * I/O thread, more than an event costs the stage; and since the stage is faster than the
 * connection, it would run out after every event. So it <em>sleeps</em> where events are rare, and
 * the first one wakes it; where they come in quick succession it <em>dozes</em>: it is woken when
 * many are there, or after {@link #LONGEST_DOZE}.
 *
 * <p>The stage calls {@link #arm} when it finds nothing and must then look once more. A producer
 * publishes its event first and then calls {@link #arrived}. The full fence makes sure that at
 * least one of the two sees the other, since a queue may publish lazily: without it both may miss,
 * and the stream hangs.
 */
final class StageSignal {

  /** Runs a task later, on another thread. */
  interface Timer {
    void after(Duration delay, Runnable task);
  }

  /** As many arrivals end a doze. */
  static final int BURST = 128;

  /** How long an event may wait for others. */
  static final Duration LONGEST_DOZE = Duration.ofMillis(1);

  /** A stage that runs out of events twice within this time has a busy producer. */
  private static final long BUSY_NANOS = 200_000;

  /** Fewer arrivals in a doze would better have woken the stage one by one. */
  private static final int FEW = 8;

  private static final int AWAKE = 0;
  private static final int ASLEEP = 1;
  private static final int DOZING = 2;

  private final Runnable wake;
  private final LongSupplier nanoTime;
  private final Timer timer;
  private final AtomicInteger state = new AtomicInteger(AWAKE);
  private final AtomicBoolean timerRuns = new AtomicBoolean();

  /**
   * Since the stage was armed, those included that it fetched itself when it was awake again.
   * Several producers may add at the same time and lose some: a doze then lasts longer, and no
   * longer than it may.
   */
  private int arrivals;

  // The stage's own.
  private long armedAt;
  private boolean dozed;

  /**
   * @param wake makes the stage look again; called on any thread
   */
  StageSignal(Runnable wake) {
    // The scheduler that the SDK's own time-outs run on: no further thread.
    this(
        wake,
        System::nanoTime,
        (delay, task) ->
            Schedulers.parallel().schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS));
  }

  StageSignal(Runnable wake, LongSupplier nanoTime, Timer timer) {
    this.wake = wake;
    this.nanoTime = nanoTime;
    this.timer = timer;
    this.armedAt = nanoTime.getAsLong() - BUSY_NANOS;
  }

  /** The stage is about to wait. */
  void arm() {
    long now = nanoTime.getAsLong();
    boolean busy = dozed ? arrivals >= FEW : now - armedAt < BUSY_NANOS;
    armedAt = now;
    dozed = busy;
    arrivals = 0;
    state.set(busy ? DOZING : ASLEEP);
    if (busy) {
      startTimer();
    }
  }

  /** The stage does not wait after all: an event has come in this very moment. */
  void disarm() {
    arrivals = FEW;
    state.set(AWAKE);
  }

  /** Something has changed that the stage may be waiting for; what it is cannot wait. */
  void signal() {
    VarHandle.fullFence();
    int current = state.get();
    if (current != AWAKE && state.compareAndSet(current, AWAKE)) {
      wake.run();
    }
  }

  /**
   * An event is there.
   *
   * @param enough as many are worth waking the stage for
   */
  void arrived(int enough) {
    VarHandle.fullFence();
    int current = state.get();
    arrivals++;
    if (current == AWAKE) {
      return;
    }
    if (current == DOZING && arrivals < Math.min(BURST, enough)) {
      return;
    }
    if (state.compareAndSet(current, AWAKE)) {
      wake.run();
    }
  }

  private void startTimer() {
    if (timerRuns.compareAndSet(false, true)) {
      timer.after(LONGEST_DOZE, this::timerFired);
    }
  }

  /** Ends whatever doze there is, early if it began after the timer: one timer serves them all. */
  private void timerFired() {
    timerRuns.set(false);
    if (state.compareAndSet(DOZING, AWAKE)) {
      wake.run();
    }
  }
}
