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

  /** The period is as long as the delay of one stage alone: so many wake-ups are saved. */
  static final long PERIOD_NANOS = 1_000_000;

  /**
   * Below this number of arrivals a delay did not pay that has a timer of its own. Events come in
   * batches, so that these would have cost a few wake-ups.
   */
  static final int ARRIVALS_WORTH_A_TIMER = 32;

  /** The same for a delay whose timer serves other stages, too. */
  static final int ARRIVALS_WORTH_A_DELAY = 8;

  private final int arrivalsWorthADelay;
  private boolean delayed;
  private boolean counts;
  private long countedSince;
  private int waits;
  private int gathered;
  private boolean hasFound;

  /**
   * @param arrivalsWorthADelay one of the two numbers of arrivals
   */
  DelayRule(int arrivalsWorthADelay) {
    this.arrivalsWorthADelay = arrivalsWorthADelay;
  }

  /**
   * The number of arrivals below which a delay of so many periods did not pay. It grows half as
   * fast as the delay: a long one saves the wake-ups of many stages.
   */
  private int arrivalsWorthADelay(int periods) {
    return arrivalsWorthADelay * Math.max(1, periods / 2);
  }

  /**
   * The stage is about to wait. A first delay needs a rate of arrivals at which it would gather
   * enough. A batch of ten events can wake the stage ten times while it is being decoded, and the
   * last of them would wait for a timer although nothing follows.
   *
   * @param now the monotonic time
   * @param arrivals the number of events that have arrived since it waited last
   * @param periods how many periods a delay lasts
   * @return whether it waits for many events
   */
  boolean delayNext(long now, int arrivals, int periods) {
    boolean goesOn = hasFound || arrivals >= arrivalsWorthADelay(periods);
    hasFound = false;
    if (delayed && goesOn) {
      return true;
    }
    if (!counts || now - countedSince >= PERIOD_NANOS) {
      counts = true;
      countedSince = now;
      waits = 0;
      gathered = 0;
    }
    gathered += arrivals;
    waits++;
    delayed =
        !delayed
            && waits >= WAITS_WORTH_A_DELAY
            && gathered * periods >= arrivalsWorthADelay(periods);
    if (delayed) {
      counts = false;
    }
    return delayed;
  }

  /**
   * The stage has found an event and does not wait. Whether waits are delayed stays as it is.
   *
   * @param beforeItWasWoken whether nothing had woken it: no wake-up was needed
   */
  void found(boolean beforeItWasWoken) {
    hasFound = true;
    if (beforeItWasWoken) {
      waits = Math.max(0, waits - 1);
    }
  }
}
