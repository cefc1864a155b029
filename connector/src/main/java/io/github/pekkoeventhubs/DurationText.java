// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import org.apache.pekko.annotation.InternalApi;

/**
 * A duration as it is written in a settings file, such as {@code 105s}, so that it can be copied
 * from a message. A settings file refuses the text of {@link Duration} itself ({@code PT1M45S}).
 */
@InternalApi
public final class DurationText {

  private static final long MINUTE = 60;
  private static final long HOUR = 60 * MINUTE;
  private static final long DAY = 24 * HOUR;

  /** The fraction of a second is left out of a longer one. */
  private static final Duration LONGEST_WITH_FRACTION = Duration.ofDays(36_500);

  private static final int NANOS_OF_A_MILLISECOND = 1_000_000;

  private DurationText() {}

  /** Returns the duration in the largest unit of which it is a whole number. */
  public static String of(Duration duration) {
    if (duration.toNanosPart() == 0 || duration.abs().compareTo(LONGEST_WITH_FRACTION) > 0) {
      return ofSeconds(duration.toSeconds());
    }
    return duration.toNanosPart() % NANOS_OF_A_MILLISECOND == 0
        ? duration.toMillis() + "ms"
        : duration.toNanos() + "ns";
  }

  private static String ofSeconds(long seconds) {
    if (seconds == 0 || seconds % MINUTE != 0) {
      return seconds + "s";
    }
    if (seconds % HOUR != 0) {
      return seconds / MINUTE + "m";
    }
    return seconds % DAY != 0 ? seconds / HOUR + "h" : seconds / DAY + "d";
  }
}
