// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Times as HTTP header fields carry them: English, GMT, whole seconds. */
final class HttpDate {

  private static final DateTimeFormatter FORMAT =
      DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.ENGLISH)
          .withZone(ZoneOffset.UTC);

  private HttpDate() {}

  static String format(Instant time) {
    return FORMAT.format(time);
  }

  /** The time that a conditional header names, or null where the header is absent. */
  static @Nullable Instant parseHeader(HttpHeaders headers, String name) {
    String value = headers.get(name);
    if (value == null) {
      return null;
    }
    try {
      return FORMAT.parse(value, Instant::from);
    } catch (DateTimeException malformed) {
      throw StorageError.invalidHeader(name, value);
    }
  }
}
