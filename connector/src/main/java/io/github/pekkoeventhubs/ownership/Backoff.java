// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.GrowingDelay;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * The growing delays of owners and groups: between two bounds, each shortened at random by up to a
 * quarter.
 */
@InternalApi
public final class Backoff {

  private static final double JITTER = 0.25;
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private final GrowingDelay delays;
  private final DoubleSupplier random;

  /**
   * Delays of at least a millisecond.
   *
   * @param random numbers from 0 to 1
   */
  public Backoff(Duration minimum, Duration maximum, DoubleSupplier random) {
    Duration first = minimum.compareTo(SHORTEST) < 0 ? SHORTEST : minimum;
    this.delays = new GrowingDelay(first, maximum, JITTER);
    this.random = random;
  }

  /** The delay before attempt {@code attempt}, counted from zero. */
  public Duration delay(int attempt) {
    return delays.before(attempt, random.getAsDouble());
  }
}
