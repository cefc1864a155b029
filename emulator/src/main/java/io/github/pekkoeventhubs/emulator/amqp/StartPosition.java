// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a receiver starts, as it says in the selector filter of its attach.
 *
 * @param inclusive whether the event at the position itself is delivered
 */
record StartPosition(Kind kind, boolean inclusive, String value) {
  /** The event property that the position refers to. */
  enum Kind {
    OFFSET,
    SEQUENCE_NUMBER,
    ENQUEUED_TIME
  }

  static final StartPosition EARLIEST = new StartPosition(Kind.OFFSET, false, "-1");

  private static final String LATEST = "@latest";
  private static final Pattern SELECTOR =
      Pattern.compile(
          "\\s*amqp\\.annotation\\.x-opt-(offset|sequence-number|enqueued-time|enqueuedtimeutc)"
              + "\\s*(>=?)\\s*(?:'([^']*)'|([^'\\s]+))\\s*");

  /**
   * @param selector {@code amqp.annotation.x-opt-offset > '4312'} and the like; none means from the
   *     beginning
   */
  static StartPosition parse(@Nullable String selector) {
    if (selector == null) {
      return EARLIEST;
    }
    Matcher matcher = SELECTOR.matcher(selector);
    if (!matcher.matches()) {
      throw invalid(selector);
    }
    String quoted = matcher.group(3);
    String value = quoted == null ? matcher.group(4) : quoted;
    Kind kind =
        switch (matcher.group(1)) {
          case "offset" -> Kind.OFFSET;
          case "sequence-number" -> Kind.SEQUENCE_NUMBER;
          default -> Kind.ENQUEUED_TIME;
        };
    StartPosition position = new StartPosition(kind, matcher.group(2).equals(">="), value);
    if (kind != Kind.OFFSET) {
      position.requireNumber(selector);
    }
    return position;
  }

  boolean isEarliest() {
    return kind == Kind.OFFSET && value.equals(EARLIEST.value);
  }

  boolean isLatest() {
    return kind == Kind.OFFSET && value.equals(LATEST);
  }

  /** A sequence number, or milliseconds since 1970. */
  long number() {
    return Long.parseLong(value);
  }

  private void requireNumber(String selector) {
    try {
      number();
    } catch (NumberFormatException e) {
      throw invalid(selector);
    }
  }

  private static ServiceException invalid(String selector) {
    return new ServiceException(
        ErrorConditions.ARGUMENT_ERROR, "The supplied filter '" + selector + "' is invalid.");
  }
}
