// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How an offset looks to clients; to them it is an opaque string. */
@Internal
public enum OffsetFormat {
  /** The position in the partition as a decimal number, for example {@code 4312}. */
  NUMERIC {
    @Override
    String format(long position, long sequenceNumber) {
      return Long.toString(position);
    }

    @Override
    Pattern pattern() {
      return DECIMAL;
    }
  },
  /** As in a geo-replicated namespace, for example {@code 3:128:78}. */
  GEO_REPLICATED {
    @Override
    String format(long position, long sequenceNumber) {
      return "3:" + position + ":" + sequenceNumber;
    }

    @Override
    Pattern pattern() {
      return SEGMENT_POSITION_SEQUENCE;
    }
  };

  private static final Pattern DECIMAL = Pattern.compile("(\\d{1,18})");
  private static final Pattern SEGMENT_POSITION_SEQUENCE =
      Pattern.compile("3:(\\d{1,18}):\\d{1,18}");
  private static final long INVALID = -1;

  abstract String format(long position, long sequenceNumber);

  abstract Pattern pattern();

  /** The position an offset stands for, or a negative number if it is none of this format. */
  long positionOf(String offset) {
    Matcher matcher = pattern().matcher(offset);
    return matcher.matches() ? Long.parseLong(matcher.group(1)) : INVALID;
  }
}
