// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.blob;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long an answer asks to be left alone, as far as that is granted. A time that cannot be read
 * counts as none.
 */
final class RetryAfter {

  private static final HttpHeaderName MILLIS = HttpHeaderName.fromString("retry-after-ms");
  private static final HttpHeaderName SERVICE_MILLIS =
      HttpHeaderName.fromString("x-ms-retry-after-ms");

  private RetryAfter() {}

  static Optional<Duration> of(HttpHeaders headers) {
    return number(headers.getValue(SERVICE_MILLIS))
        .or(() -> number(headers.getValue(MILLIS)))
        .map(Duration::ofMillis)
        .or(() -> number(headers.getValue(HttpHeaderName.RETRY_AFTER)).map(Duration::ofSeconds))
        .or(() -> untilDate(headers))
        .filter(wait -> !wait.isNegative() && !wait.isZero())
        .map(QuietTime::granted);
  }

  private static Optional<Long> number(@Nullable String text) {
    try {
      return text == null ? Optional.empty() : Optional.of(Long.parseLong(text.trim()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** Both times by the clock of the one who answers. */
  private static Optional<Duration> untilDate(HttpHeaders headers) {
    return date(headers.getValue(HttpHeaderName.RETRY_AFTER))
        .flatMap(
            until ->
                date(headers.getValue(HttpHeaderName.DATE))
                    .map(now -> Duration.between(now, until)));
  }

  private static Optional<Instant> date(@Nullable String text) {
    try {
      return text == null
          ? Optional.empty()
          : Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
