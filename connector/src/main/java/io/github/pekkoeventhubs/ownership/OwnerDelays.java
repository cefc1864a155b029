// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.life.Effect.Timer;
import java.time.Duration;
import java.util.function.DoubleSupplier;

/**
 * The delays of all timers of a partition's life.
 *
 * @param random numbers from 0 to 1
 */
record OwnerDelays(ClaimRules rules, DoubleSupplier random) {

  private static final Duration FIRST_RETRY = Duration.ofMillis(200);
  private static final Duration LONGEST_FENCE_RETRY = Duration.ofSeconds(5);

  /** Enough to spread the renewals of claims that were made at one time, after some of them. */
  private static final double RENEWAL_JITTER = 0.03;

  /**
   * The delay until the timer fires.
   *
   * @param attempt counted from zero; retries wait longer with each
   */
  Duration delay(Timer timer, int attempt, ConsumerSettings settings) {
    Duration handover = settings.handoverTimeout();
    return switch (timer) {
      case CLAIM_RETRY -> growing(FIRST_RETRY, settings.ownership().claimRetryInterval(), attempt);
      case HOLD ->
          growing(settings.ownership().lossMinHold(), settings.ownership().lossMaxHold(), attempt);
      case FENCE_RETRY -> growing(FIRST_RETRY, LONGEST_FENCE_RETRY, attempt);
      case ATTACH ->
          growing(settings.reconnectMinBackoff(), settings.reconnectMaxBackoff(), attempt);
      case RENEWAL ->
          Duration.ofMillis(
              (long)
                  (rules.renewalInterval(settings).toMillis()
                      * (1 - RENEWAL_JITTER * random.getAsDouble())));
      case RENEWAL_RETRY -> settings.ownership().renewalRetryInterval();
      case DRAIN_DEADLINE -> handover.multipliedBy(5).dividedBy(8);
      case FLUSH_DEADLINE -> handover.dividedBy(4);
      case RELEASE_DEADLINE -> handover.dividedBy(8);
    };
  }

  private Duration growing(Duration minimum, Duration maximum, int attempt) {
    return new Backoff(minimum, maximum, random).delay(attempt);
  }
}
