// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/**
 * Finds the key that was probably meant by a mistyped one: that with the fewest letters to add, to
 * remove or to replace. Hyphens, underscores and upper case do not count, nor does the block that a
 * key stands in.
 */
final class NearestKey {

  private final Collection<String> known;

  NearestKey(Collection<String> known) {
    this.known = known;
  }

  String to(String mistyped) {
    return known.stream()
        .min(
            Comparator.<String>comparingInt(key -> distance(mistyped, key))
                .thenComparing(Comparator.naturalOrder()))
        .orElse("");
  }

  private static int distance(String mistyped, String key) {
    return Math.min(
        edits(letters(mistyped), letters(key)),
        edits(letters(withoutBlock(mistyped)), letters(withoutBlock(key))));
  }

  private static String withoutBlock(String key) {
    return key.substring(key.lastIndexOf('.') + 1);
  }

  private static String letters(String key) {
    return key.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
  }

  /** The Levenshtein distance, by the two rows of its table that are needed at a time. */
  private static int edits(String left, String right) {
    int[] above = new int[right.length() + 1];
    for (int column = 0; column <= right.length(); column++) {
      above[column] = column;
    }
    for (int row = 1; row <= left.length(); row++) {
      int[] current = new int[right.length() + 1];
      current[0] = row;
      for (int column = 1; column <= right.length(); column++) {
        int replaced =
            above[column - 1] + (left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1);
        current[column] = Math.min(replaced, 1 + Math.min(above[column], current[column - 1]));
      }
      above = current;
    }
    return above[right.length()];
  }
}
