// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import java.time.Duration;

/**
 * The limits for the events of a partition; the oldest events beyond either limit are removed.
 *
 * @param maxEvents the newest events that are kept, at least 1
 * @param maxAge events enqueued longer ago than this are removed
 */
@Internal
public record Retention(int maxEvents, Duration maxAge) {
  /** Keeps everything. */
  public static final Retention UNLIMITED =
      new Retention(Integer.MAX_VALUE, Duration.ofMillis(Long.MAX_VALUE));

  public Retention {
    if (maxEvents < 1) {
      throw new IllegalArgumentException(
          "maxEvents is " + maxEvents + "; a partition keeps at least 1 event");
    }
    if (maxAge.isNegative() || maxAge.isZero()) {
      throw new IllegalArgumentException("maxAge is " + maxAge + "; give a positive duration");
    }
  }

  public Retention withMaxEvents(int events) {
    return new Retention(events, maxAge);
  }

  public Retention withMaxAge(Duration age) {
    return new Retention(maxEvents, age);
  }

  /** The oldest enqueued time, in milliseconds since 1970, that is still kept at {@code now}. */
  long oldestKept(long now) {
    long age = maxAge.toMillis();
    return age > now ? Long.MIN_VALUE : now - age;
  }
}
