// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.threads.OwnThreads;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * Wakes a stage that has run out of events. A wake-up costs the producer, which is the connection's
 * I/O thread, more than an event costs the stage. The stage is faster than the connection, so it
 * would run out of events after each one. Therefore there are two ways to wait. Where events are
 * rare, the first event wakes the stage. Where events come in quick succession, the wake-up is
 * <em>delayed</em>: the stage is woken when many events are there, or after {@link #PERIOD}, or a
 * few periods where many stages have a common timer. {@link DelayRule} tells the two apart.
 *
 * <p>The stage calls {@link #arm} when it finds nothing and must then look once more. A producer
 * publishes its event first and then calls {@link #arrived}. A queue may publish lazily. The full
 * fence makes sure that at least one of the two sees the other: without it both may miss the other,
 * and the stream hangs.
 */
final class StageSignal {

  /** Runs tasks later, on another thread. */
  interface Timer {

    /** Runs the task after {@link #periods} of this length. */
    void after(Duration period, Runnable task);

    /** How many periods a delay lasts at present. */
    default int periods() {
      return 1;
    }
  }

  /** The number of arrivals that end a delayed wake-up. */
  static final int ARRIVALS_THAT_WAKE = 128;

  /** The longest time that an event waits for others, if no other stages have the same timer. */
  static final Duration PERIOD = Duration.ofNanos(DelayRule.PERIOD_NANOS);

  private static final int AWAKE = 0;
  private static final int WAITING_FOR_ONE = 1;
  private static final int WAITING_FOR_MANY = 2;

  private final Runnable wake;
  private final LongSupplier nanoTime;
  private final Timer timer;
  private final AtomicInteger state = new AtomicInteger(AWAKE);
  private final AtomicBoolean timerRuns = new AtomicBoolean();

  /**
   * The number of arrivals since the stage was armed, including those that the stage fetched itself
   * after it was woken. Several producers may add at the same time, so that some arrivals are not
   * counted: a delay then lasts longer, but never longer than the timer says.
   */
  private int arrivals;

  // Used by the stage's thread alone.
  private final DelayRule delays;

  /**
   * @param wake makes the stage look again; called on any thread
   */
  StageSignal(Runnable wake) {
    this(wake, System::nanoTime, OwnThreads::soon, DelayRule.ARRIVALS_WORTH_A_TIMER);
  }

  /**
   * @param timer which other stages use, too
   */
  StageSignal(Runnable wake, Timer timer) {
    this(wake, System::nanoTime, timer, DelayRule.ARRIVALS_WORTH_A_DELAY);
  }

  /**
   * @param arrivalsWorthADelay one of the two numbers of {@link DelayRule}
   */
  StageSignal(Runnable wake, LongSupplier nanoTime, Timer timer, int arrivalsWorthADelay) {
    this.delays = new DelayRule(arrivalsWorthADelay);
    this.wake = wake;
    this.nanoTime = nanoTime;
    this.timer = timer;
  }

  /**
   * The stage is about to wait. It must look for an event once more after this call.
   *
   * @return whether the next event wakes it
   */
  boolean arm() {
    boolean isDelayed = delays.delayNext(nanoTime.getAsLong(), arrivals, timer.periods());
    arrivals = 0;
    state.set(isDelayed ? WAITING_FOR_MANY : WAITING_FOR_ONE);
    if (isDelayed) {
      startTimer();
    }
    return !isDelayed;
  }

  /** The stage does not wait after all, because an event has come meanwhile. */
  void disarm() {
    delays.found(state.getAndSet(AWAKE) != AWAKE);
  }

  /** Something that the stage may be waiting for has changed. The stage is woken at once. */
  void signal() {
    VarHandle.fullFence();
    int current = state.get();
    if (current != AWAKE && state.compareAndSet(current, AWAKE)) {
      wake.run();
    }
  }

  /**
   * An event has arrived.
   *
   * @param enough the number of arrivals that are worth waking the stage for
   */
  void arrived(int enough) {
    VarHandle.fullFence();
    int current = state.get();
    arrivals++;
    if (current == AWAKE) {
      return;
    }
    if (current == WAITING_FOR_MANY && arrivals < Math.min(ARRIVALS_THAT_WAKE, enough)) {
      return;
    }
    if (state.compareAndSet(current, AWAKE)) {
      wake.run();
    }
  }

  private void startTimer() {
    if (timerRuns.compareAndSet(false, true)) {
      timer.after(PERIOD, this::timerFired);
    }
  }

  /**
   * Ends the delay of a wake-up. A delay that began after the timer ends early: one timer serves
   * all delays.
   */
  private void timerFired() {
    timerRuns.set(false);
    if (state.compareAndSet(WAITING_FOR_MANY, AWAKE)) {
      wake.run();
    }
  }
}
