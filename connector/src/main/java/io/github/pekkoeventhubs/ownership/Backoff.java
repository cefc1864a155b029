// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.time.Duration;
import java.util.function.DoubleSupplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * Delays that double with each attempt between two bounds, each shortened at random by up to a
 * quarter, so that many partitions that failed together do not try again together.
 */
@InternalApi
public final class Backoff {

  private static final double JITTER = 0.25;
  private static final int MAX_DOUBLINGS = 30;

  private final long minimumMillis;
  private final long maximumMillis;
  private final DoubleSupplier random;

  /**
   * @param random numbers from 0 to 1
   */
  public Backoff(Duration minimum, Duration maximum, DoubleSupplier random) {
    // Nothing would never grow.
    this.minimumMillis = Math.max(1, minimum.toMillis());
    this.maximumMillis = Math.max(minimumMillis, maximum.toMillis());
    this.random = random;
  }

  /** The delay before attempt {@code attempt}, counted from zero. */
  public Duration delay(int attempt) {
    long doubled = minimumMillis << Math.min(Math.max(attempt, 0), MAX_DOUBLINGS);
    long bounded = doubled < minimumMillis ? maximumMillis : Math.min(doubled, maximumMillis);
    return Duration.ofMillis(Math.round(bounded * (1 - JITTER * random.getAsDouble())));
  }
}
