// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import java.time.Duration;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * The delays between the attempts to send a batch: doubling from the minimum to the maximum, each
 * between half and the whole of that by chance, so that streams that failed together do not come
 * back together.
 *
 * @param random numbers from 0 (included) to 1 (excluded)
 */
record RetryBackoff(int maxRetries, Duration minimum, Duration maximum, DoubleSupplier random) {

  private static final int MAX_DOUBLINGS = 30;

  /** The delay before the next attempt; empty when the retries are used up. */
  Optional<Duration> delay(int retriesSoFar) {
    if (retriesSoFar >= maxRetries) {
      return Optional.empty();
    }
    double grown = (double) minimum.toNanos() * (1L << Math.min(retriesSoFar, MAX_DOUBLINGS));
    double bounded = Math.min(grown, (double) maximum.toNanos());
    return Optional.of(Duration.ofNanos((long) (bounded * (1 + random.getAsDouble()) / 2)));
  }
}
