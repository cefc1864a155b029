// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** The fencing token as an entry of an ownership record or of a checkpoint. */
final class FencingTokenEntry {

  static final String KEY = "pekkofencingtoken";

  /** No number that we have written is longer, and one more than any of these is still a long. */
  private static final Pattern NUMBER = Pattern.compile("[0-9]{1,18}");

  private FencingTokenEntry() {}

  /**
   * The token in these entries. Empty for records that were written before there were tokens, and
   * for text that is none of ours: the next token does not depend on the entry alone.
   */
  static OptionalLong in(Map<String, String> entries) {
    String text = entries.get(KEY);
    return text != null && NUMBER.matcher(text).matches()
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }
}
