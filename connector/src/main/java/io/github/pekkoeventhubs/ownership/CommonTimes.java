// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.time.Duration;

/**
 * Points in time that all partitions of a process have in common, one after each interval. Checks
 * that are due at the same time wake a thread once; at times of their own each would wake one.
 */
final class CommonTimes {

  private final long interval;

  CommonTimes(Duration interval) {
    this.interval = interval.toNanos();
  }

  /**
   * How long it is until one of these times: the interval on average, at least half of it, and less
   * than one and a half.
   *
   * @param now the monotonic time
   */
  Duration delayAt(long now) {
    long left = interval - Math.floorMod(now, interval);
    return Duration.ofNanos(left < interval / 2 ? left + interval : left);
  }
}
