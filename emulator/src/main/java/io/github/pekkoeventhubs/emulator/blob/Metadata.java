// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The rules for metadata: names are identifiers, compared without regard to case and kept as
 * written; values are text of one line; 8 KiB together.
 */
final class Metadata {

  private static final String PREFIX = "x-ms-meta-";
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final int MAX_BYTES = 8 * 1024;

  private Metadata() {}

  /** Returns the metadata that a request sets; unmodifiable, in the order of names. */
  static SortedMap<String, String> of(HttpHeaders headers) {
    TreeMap<String, String> metadata = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    int bytes = 0;
    for (HttpHeaders.Field field : headers.fields()) {
      if (!field.lowerCaseName().startsWith(PREFIX)) {
        continue;
      }
      String name = field.name().substring(PREFIX.length());
      if (!NAME.matcher(name).matches() || !isPlainText(field.value())) {
        throw StorageError.invalidMetadata();
      }
      bytes += name.length() + field.value().length();
      metadata.merge(name, field.value(), (first, second) -> first + "," + second);
    }
    if (bytes > MAX_BYTES) {
      throw StorageError.metadataTooLarge();
    }
    return Collections.unmodifiableSortedMap(metadata);
  }

  private static boolean isPlainText(String value) {
    return value.chars().allMatch(c -> (c >= ' ' && c < 0x7F) || c == '\t');
  }

  static void addTo(HttpResponse response, Map<String, String> metadata) {
    metadata.forEach((name, value) -> response.header(PREFIX + name, value));
  }
}
