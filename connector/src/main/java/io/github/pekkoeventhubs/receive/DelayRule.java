// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

/**
 * Decides whether the wake-up of a stage is delayed, so that one wake-up serves many events. A
 * delay has a price of its own: the timer's thread is woken twice, and the stage once more. It pays
 * where the stage would be woken more often than that meanwhile. At thousands of events a second,
 * which come in batches, the stage is woken once or twice for each batch, and no timer runs. For
 * one thread at a time.
 */
final class DelayRule {

  /** Within {@link #PERIOD_NANOS} the stage has to wait so often before a wake-up is delayed. */
  static final int WAITS_WORTH_A_DELAY = 4;

  /** As long as the longest delay: so many wake-ups are saved. */
  static final long PERIOD_NANOS = StageSignal.LONGEST_DELAY.toNanos();

  /** Below this number of arrivals the delay of a wake-up did not pay. */
  static final int ARRIVALS_WORTH_A_DELAY = 8;

  private boolean delayed;
  private boolean counts;
  private long countedSince;
  private int waits;

  /**
   * The stage is about to wait.
   *
   * @param now the monotonic time
   * @param arrivals the number of events that have arrived since it waited last
   * @return whether it waits for many events
   */
  boolean isNextDelayed(long now, int arrivals) {
    if (delayed && arrivals >= ARRIVALS_WORTH_A_DELAY) {
      return true;
    }
    if (!counts || now - countedSince >= PERIOD_NANOS) {
      counts = true;
      countedSince = now;
      waits = 0;
    }
    waits++;
    delayed = !delayed && waits >= WAITS_WORTH_A_DELAY;
    if (delayed) {
      counts = false;
    }
    return delayed;
  }

  /** The stage has found an event before anything has woken it: no wake-up was needed. */
  void didNotWait() {
    waits = Math.max(0, waits - 1);
  }
}
