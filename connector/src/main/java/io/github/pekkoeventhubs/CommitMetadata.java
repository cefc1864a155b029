// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/** The rules for the entries that a user may store beside a checkpoint. */
final class CommitMetadata {

  static final int MAX_BYTES = 6 * 1024;

  private static final Pattern KEY = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final Pattern VALUE =
      Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?");
  private static final Set<String> RESERVED =
      Set.of("offset", "sequencenumber", "clientidentifier", "ownerid");
  private static final String RESERVED_PREFIX = "pekko";

  private CommitMetadata() {}

  /** The entries with lower-case keys, which is how blob metadata travel. */
  static Map<String, String> validated(Map<String, String> entries) {
    Map<String, String> result = new TreeMap<>();
    int bytes = 0;
    for (Map.Entry<String, String> entry : entries.entrySet()) {
      String key = entry.getKey().toLowerCase(Locale.ROOT);
      String value = entry.getValue();
      if (!KEY.matcher(key).matches()) {
        throw new IllegalArgumentException(
            "metadata key '"
                + key
                + "' must be made of letters, digits and underscores, and start with no digit");
      }
      if (isReserved(key)) {
        throw new IllegalArgumentException(
            "metadata key '" + key + "' belongs to the checkpoint itself; choose another name");
      }
      if (value == null || !VALUE.matcher(value).matches()) {
        throw new IllegalArgumentException(
            "the value of metadata key '"
                + key
                + "' must be printable ASCII, not empty and without blanks at its ends");
      }
      if (result.put(key, value) != null) {
        throw new IllegalArgumentException("metadata key '" + key + "' is given twice");
      }
      bytes += key.length() + value.length();
    }
    if (bytes > MAX_BYTES) {
      throw new IllegalArgumentException(
          "metadata take "
              + bytes
              + " bytes, and at most "
              + MAX_BYTES
              + " fit beside a checkpoint");
    }
    return Map.copyOf(result);
  }

  /** Whether this lower-case key belongs to the checkpoint itself. */
  static boolean isReserved(String key) {
    return RESERVED.contains(key) || key.startsWith(RESERVED_PREFIX);
  }
}
