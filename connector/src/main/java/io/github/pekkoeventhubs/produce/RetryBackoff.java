// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.GrowingDelay;
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

  /** The delay before the next attempt; empty when the retries are used up. */
  Optional<Duration> delay(int retriesSoFar) {
    if (retriesSoFar >= maxRetries) {
      return Optional.empty();
    }
    double shortened = 1 - random.getAsDouble();
    return Optional.of(new GrowingDelay(minimum, maximum, 0.5).before(retriesSoFar, shortened));
  }
}
