// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The part of a content that a request asks for.
 *
 * @param from the first byte
 * @param to after the last byte
 * @param length of the whole content
 * @param partial whether the request named a range
 */
record ByteRange(int from, int to, int length, boolean partial) {

  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]{1,18})-([0-9]{0,18})");

  static ByteRange of(HttpHeaders headers, int length) {
    String range = headers.get("x-ms-range");
    return parse(range == null ? headers.getOrEmpty("Range") : range, length);
  }

  static ByteRange whole(int length) {
    return new ByteRange(0, length, length, false);
  }

  private static ByteRange parse(String range, int length) {
    Matcher matcher = RANGE.matcher(range);
    if (!matcher.matches()) {
      // A request without a range, or with an unknown form of one, asks for everything.
      return whole(length);
    }
    long from = Long.parseLong(matcher.group(1));
    String last = matcher.group(2);
    long to = last.isEmpty() ? length : Math.min(Long.parseLong(last) + 1, length);
    if (from >= to) {
      throw StorageError.invalidRange();
    }
    return new ByteRange((int) from, (int) to, length, true);
  }

  byte[] of(byte[] content) {
    return partial ? Arrays.copyOfRange(content, from, to) : content;
  }

  String contentRange() {
    return "bytes " + from + "-" + (to - 1) + "/" + length;
  }
}
