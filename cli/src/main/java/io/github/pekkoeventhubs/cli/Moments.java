// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Times as users write them. */
final class Moments {

  /** Examples of them for help texts. */
  static final String FORMS = "2026-11-29T05:00:00Z, 2026-11-29, -10m, -2h, -1d";

  private static final Pattern AGO = Pattern.compile("-((\\d+[smhd])+)");
  private static final Pattern PART = Pattern.compile("(\\d+)([smhd])");

  private Moments() {}

  /** The time that the text names; empty if it is none. */
  static Optional<Instant> parse(String text, Instant now) {
    Matcher ago = AGO.matcher(text);
    try {
      if (ago.matches()) {
        return Optional.of(now.minus(duration(ago.group(1))));
      }
      if (text.matches("\\d{4}-\\d{2}-\\d{2}")) {
        return Optional.of(LocalDate.parse(text).atStartOfDay().toInstant(ZoneOffset.UTC));
      }
      return text.matches(".*T.*(Z|[+-]\\d{2}:?\\d{2})")
          ? Optional.of(OffsetDateTime.parse(text).toInstant())
          : Optional.of(LocalDateTime.parse(text).toInstant(ZoneOffset.UTC));
    } catch (DateTimeException | ArithmeticException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static Duration duration(String text) {
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
