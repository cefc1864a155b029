// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.GrowingDelay;
import io.github.pekkoeventhubs.PartitionStoreException;
import java.time.Duration;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;

/**
 * Decides when a write to the store that failed for a passing reason is tried again: after a delay
 * that doubles each time and is shortened at random by up to a half.
 *
 * @param minBackoff the first delay
 * @param maxBackoff the longest delay
 * @param giveUpAfter how long after its first attempt a write fails for good
 */
@InternalApi
public record WriteRetry(Duration minBackoff, Duration maxBackoff, Duration giveUpAfter) {

  private static final Duration MIN_BACKOFF = Duration.ofMillis(100);
  private static final Duration MAX_BACKOFF = Duration.ofSeconds(5);

  /**
   * Tries a write again after delays from 100 ms to 5 s.
   *
   * @param giveUpAfter for a checkpoint, how long a claim is valid that cannot be renewed: a store
   *     that refuses checkpoints is asked for as long as one that refuses renewals
   */
  public static WriteRetry during(Duration giveUpAfter) {
    return new WriteRetry(MIN_BACKOFF, MAX_BACKOFF, giveUpAfter);
  }

  /** Checks the durations against each other. */
  public WriteRetry {
    if (minBackoff.isZero() || minBackoff.isNegative() || minBackoff.compareTo(maxBackoff) > 0) {
      throw new IllegalArgumentException(
          "the minimum backoff must be longer than zero and at most the maximum: "
              + DurationText.of(minBackoff)
              + " and "
              + DurationText.of(maxBackoff));
    }
    if (giveUpAfter.isNegative()) {
      throw new IllegalArgumentException(
          "giveUpAfter must not be negative: " + DurationText.of(giveUpAfter));
    }
  }

  /** Whether the same write may succeed later. */
  static boolean isPassing(Throwable failure) {
    return failure instanceof PartitionStoreException e && e.isTransient();
  }

  /**
   * The delay before the next attempt after this failure.
   *
   * @param failures how many attempts have failed in a row, at least 1
   * @param random from 0 to 1
   */
  Duration delay(int failures, double random, Throwable failure) {
    return delay(
        failures,
        random,
        failure instanceof PartitionStoreException e ? e.retryAfter() : Optional.empty());
  }

  /**
   * The delay before the next attempt.
   *
   * @param failures how many attempts have failed in a row, at least 1
   * @param random from 0 to 1
   * @param retryAfter how long the store asks not to be asked again. The delay is that long, and up
   *     to a quarter longer, so that the partitions do not come back at one time. A store that asks
   *     for more than {@code giveUpAfter} is asked at that time
   */
  Duration delay(int failures, double random, Optional<Duration> retryAfter) {
    Duration own = new GrowingDelay(minBackoff, maxBackoff, 0.5).before(failures - 1, 1 - random);
    return retryAfter
        .map(wait -> wait.compareTo(giveUpAfter) > 0 ? giveUpAfter : wait)
        .map(wait -> wait.plus(Duration.ofMillis(Math.round(wait.toMillis() * random / 4))))
        .filter(wait -> wait.compareTo(own) > 0)
        .orElse(own);
  }
}
