// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.GrowingDelay;
import java.time.Duration;
import org.apache.pekko.annotation.InternalApi;

/**
 * Decides when a checkpoint write that failed for a passing reason is tried again: after a delay
 * that doubles each time and is shortened at random by up to a half.
 *
 * @param minBackoff the first delay
 * @param maxBackoff the longest delay
 * @param giveUpAfter how long after its first attempt a write fails for good
 */
@InternalApi
public record CommitRetry(Duration minBackoff, Duration maxBackoff, Duration giveUpAfter) {

  /** 100 ms, 5 s, 60 s. */
  public static final CommitRetry DEFAULT =
      new CommitRetry(Duration.ofMillis(100), Duration.ofSeconds(5), Duration.ofSeconds(60));

  /** Checks the durations against each other. */
  public CommitRetry {
    if (minBackoff.isZero() || minBackoff.isNegative() || minBackoff.compareTo(maxBackoff) > 0) {
      throw new IllegalArgumentException(
          "the minimum backoff must be longer than zero and at most the maximum: "
              + minBackoff
              + " and "
              + maxBackoff);
    }
    if (giveUpAfter.isNegative()) {
      throw new IllegalArgumentException("giveUpAfter must not be negative: " + giveUpAfter);
    }
  }

  /**
   * The delay before the next attempt.
   *
   * @param failures how many attempts have failed in a row, at least 1
   * @param random from 0 to 1
   */
  Duration delay(int failures, double random) {
    return new GrowingDelay(minBackoff, maxBackoff, 0.5).before(failures - 1, 1 - random);
  }
}
