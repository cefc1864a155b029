// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.TemporalAccessor;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as users write them. */
final class Moments {

  /** Examples of them for help texts. */
  static final String FORMS = "2026-11-29T05:00:00Z, 2026-11-29 (UTC), -10m, -1d";

  private static final Pattern DURATION = Pattern.compile("(\\d+[smhd])+");
  private static final Pattern PART = Pattern.compile("(\\d+)([smhd])");

  private Moments() {}

  /**
   * The time that the text names; empty if it is none.
   *
   * @throws UsageException for a time of day without a zone, which is another time in each zone
   */
  static Optional<Instant> parse(String text, Instant now) {
    try {
      if (text.startsWith("-")) {
        return duration(text.substring(1)).map(now::minus);
      }
      if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
        return Optional.of(LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC));
      }
      TemporalAccessor time =
          DateTimeFormatter.ISO_DATE_TIME.parseBest(
              text, OffsetDateTime::from, LocalDateTime::from);
      if (time instanceof OffsetDateTime moment) {
        return Optional.of(moment.toInstant());
      }
      throw withoutZone(text);
    } catch (DateTimeException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static UsageException withoutZone(String text) {
    return new UsageException(
        "the time '"
            + text
            + "' has no zone: write '"
            + text
            + "Z' for UTC, or add the offset of your zone as in '"
            + text
            + "+01:00'");
  }

  /** The length of time that the text names, such as {@code 90s} or {@code 1h30m}. */
  static Optional<Duration> duration(String text) {
    try {
      return DURATION.matcher(text).matches() ? Optional.of(sum(text)) : Optional.empty();
    } catch (ArithmeticException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Duration sum(String text) {
    Duration sum = Duration.ZERO;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      long amount = Long.parseLong(part.group(1));
      sum =
          sum.plus(
              switch (part.group(2)) {
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
              });
    }
    return sum;
  }

  /** A length of time in at most five characters, such as {@code 12s} or {@code 3h}. */
  static String brief(Duration time) {
    long seconds = time.toSeconds();
    if (seconds < 120) {
      return seconds + "s";
    }
    if (seconds < 2 * 3600) {
      return seconds / 60 + "m";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86400 + "d";
  }
}
