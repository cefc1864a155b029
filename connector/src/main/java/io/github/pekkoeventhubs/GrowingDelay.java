// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import org.apache.pekko.annotation.InternalApi;

/**
 * Delays that double with each attempt, from a minimum to a maximum, each shortened by chance, so
 * that those that failed together do not try again together. Immutable; any thread.
 *
 * @param minimum the first delay; one of zero would not grow
 * @param maximum the longest delay; a shorter one than the minimum counts as the minimum
 * @param shortenedBy the largest share of a delay that chance takes off, from 0 to 1
 */
@InternalApi
public record GrowingDelay(Duration minimum, Duration maximum, double shortenedBy) {

  private static final int MAX_DOUBLINGS = 60;

  /**
   * The delay before an attempt.
   *
   * @param attempt counted from 0
   * @param random from 0, which leaves the delay as it is, to 1, which shortens it most
   */
  public Duration before(int attempt, double random) {
    double doubled =
        (double) minimum.toNanos() * (1L << Math.min(Math.max(attempt, 0), MAX_DOUBLINGS));
    double longest = (double) Math.max(minimum.toNanos(), maximum.toNanos());
    return Duration.ofNanos(Math.round(Math.min(doubled, longest) * (1 - shortenedBy * random)));
  }
}
