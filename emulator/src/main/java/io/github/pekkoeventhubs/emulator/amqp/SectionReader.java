// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import org.jspecify.annotations.Nullable;

/**
 * Walks over the sections of an encoded AMQP message without decoding them: the service adds
 * annotations and takes batches apart, and leaves every other byte as the producer wrote it.
 */
final class SectionReader {
  static final int HEADER = 0x70;
  static final int DELIVERY_ANNOTATIONS = 0x71;
  static final int MESSAGE_ANNOTATIONS = 0x72;
  static final int DATA = 0x75;

  private static final int MAX_NESTED_DESCRIPTORS = 8;

  private final byte[] bytes;
  private final int limit;
  private int descriptor;
  private int start;
  private int valueStart;
  private int end;

  SectionReader(byte[] bytes, int from, int to) {
    this.bytes = bytes;
    this.limit = to;
    this.end = from;
  }

  /** Moves on to the next section; false at the end of the message. */
  boolean next() {
    if (end == limit) {
      return false;
    }
    start = end;
    if (byteAt(start) != 0) {
      throw new MalformedMessageException("No section starts at " + start);
    }
    int constructor = byteAt(start + 1);
    switch (constructor) {
      case 0x53 -> {
        descriptor = byteAt(start + 2);
        valueStart = start + 3;
      }
      case 0x80 -> {
        descriptor = byteAt(start + 9);
        valueStart = start + 10;
      }
      default ->
          throw new MalformedMessageException(
              "Section descriptor of type 0x" + Integer.toHexString(constructor));
    }
    end = skipValue(valueStart);
    return true;
  }

  /** Checks that the following section would not break the decoder of a receiver. */
  void checkRemaining() {
    boolean more = true;
    while (more) {
      more = next();
    }
  }

  /** The kind of section, for example {@link #DATA}. */
  int descriptor() {
    return descriptor;
  }

  int start() {
    return start;
  }

  int end() {
    return end;
  }

  /** Where the bytes of a data section begin; they go on to {@link #end()}. */
  int payloadStart() {
    return switch (byteAt(valueStart)) {
      case 0xa0 -> valueStart + 2;
      case 0xb0 -> valueStart + 5;
      default -> throw new MalformedMessageException("A data section that is not binary");
    };
  }

  /** The entries of a section that is a map, such as the annotations. */
  MapReader map() {
    return new MapReader();
  }

  private int byteAt(int at) {
    if (at < 0 || at >= limit) {
      throw new MalformedMessageException("The message ends in the middle of a value");
    }
    return bytes[at] & 0xff;
  }

  private int intAt(int at) {
    return byteAt(at) << 24 | byteAt(at + 1) << 16 | byteAt(at + 2) << 8 | byteAt(at + 3);
  }

  /** The position behind the value that starts here. */
  private int skipValue(int at) {
    int position = at;
    // A described value is a descriptor, itself a value, followed by the value it describes.
    int values = 1;
    for (int nested = 0; values > 0; values--) {
      if (byteAt(position) == 0) {
        if (++nested > MAX_NESTED_DESCRIPTORS) {
          throw new MalformedMessageException("Too many nested descriptors");
        }
        position++;
        values += 2;
      } else {
        position = skipPrimitive(position);
      }
    }
    return position;
  }

  private int skipPrimitive(int at) {
    int constructor = byteAt(at);
    int body = at + 1;
    long after =
        switch (constructor >> 4) {
          case 0x4 -> body;
          case 0x5 -> body + 1L;
          case 0x6 -> body + 2L;
          case 0x7 -> body + 4L;
          case 0x8 -> body + 8L;
          case 0x9 -> body + 16L;
          case 0xa, 0xc, 0xe -> body + 1L + byteAt(body);
          case 0xb, 0xd, 0xf -> body + 4L + Integer.toUnsignedLong(intAt(body));
          default ->
              throw new MalformedMessageException(
                  "Unknown type 0x" + Integer.toHexString(constructor));
        };
    if (after > limit) {
      throw new MalformedMessageException("The message ends in the middle of a value");
    }
    return (int) after;
  }

  /** Walks over the entries of one map. */
  final class MapReader {
    private final int mapEnd = end;
    private int remaining;
    private int keyStart;
    private int entryValueStart;
    private int entryEnd;

    private MapReader() {
      int count;
      switch (byteAt(valueStart)) {
        case 0xc1 -> {
          count = byteAt(valueStart + 2);
          entryEnd = valueStart + 3;
        }
        case 0xd1 -> {
          count = intAt(valueStart + 5);
          entryEnd = valueStart + 9;
        }
        default -> throw new MalformedMessageException("Annotations that are not a map");
      }
      if (count < 0 || count % 2 != 0) {
        throw new MalformedMessageException("A map of " + count + " values");
      }
      remaining = count / 2;
    }

    boolean next() {
      if (remaining == 0) {
        return false;
      }
      remaining--;
      keyStart = entryEnd;
      entryValueStart = skipValue(keyStart);
      entryEnd = skipValue(entryValueStart);
      if (entryEnd > mapEnd) {
        throw new MalformedMessageException("A map that is longer than its section");
      }
      return true;
    }

    int entryStart() {
      return keyStart;
    }

    int entryEnd() {
      return entryEnd;
    }

    /** The key, or null if it is neither a symbol nor a string. */
    @Nullable String key() {
      return text(keyStart);
    }

    /** The value, or null if it is not text. */
    @Nullable String textValue() {
      return text(entryValueStart);
    }

    /** The value, or null if it is no integer of the type that producers use for it. */
    @Nullable Long integerValue() {
      int at = entryValueStart;
      return switch (byteAt(at)) {
        case 0x54, 0x55 -> (long) (byte) byteAt(at + 1);
        case 0x71 -> (long) intAt(at + 1);
        case 0x81 -> (long) intAt(at + 1) << 32 | Integer.toUnsignedLong(intAt(at + 5));
        default -> null;
      };
    }

    private @Nullable String text(int at) {
      return switch (byteAt(at)) {
        case 0xa1, 0xa3 -> new String(bytes, at + 2, byteAt(at + 1), UTF_8);
        case 0xb1, 0xb3 -> new String(bytes, at + 5, intAt(at + 1), UTF_8);
        default -> null;
      };
    }
  }
}
