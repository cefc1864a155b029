// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.zip.CRC32;

/**
 * The text form of the finished events beyond a checkpoint: {@code <layout><sequence
 * number>.<base64>.<checksum>}.
 *
 * <p>Two layouts are made and the shorter one is kept. {@code b}: one bit for each event after the
 * checkpoint, set where it is finished, lowest bit first. {@code r}: run lengths, unfinished and
 * finished in turn, in groups of seven bits, lowest first, the high bit set on all but the last.
 *
 * <p>The checksum covers the text before it and the offset of the checkpoint. It shows a map that
 * was written with another position or is damaged; such a map is ignored, since it must never make
 * unfinished work look finished. It is always safe to leave an event out of a map, since that only
 * repeats work: events that do not fit are left out.
 */
final class GapMap {

  private static final char BITS = 'b';
  private static final char RUNS = 'r';

  /** The layout letter, the longest sequence number, two dots and the checksum. */
  private static final int FRAME_CHARACTERS = 1 + 20 + 1 + 1 + 8;

  private GapMap() {}

  /** The text for these ranges, all above {@code sequenceNumber}; empty if none are given. */
  static String encode(
      long sequenceNumber, String offset, SequenceRanges finished, int maxCharacters) {
    int maxBytes = (maxCharacters - FRAME_CHARACTERS) * 3 / 4;
    if (finished.isEmpty() || maxBytes <= 0) {
      return "";
    }
    Layout runs = runs(sequenceNumber, finished, maxBytes);
    Layout bits = bits(sequenceNumber, finished, maxBytes);
    Layout better = runs.isBetterThan(bits) ? runs : bits;
    if (better.coveredEvents() == 0) {
      return "";
    }
    String text = better.letter() + Long.toString(sequenceNumber) + "." + better.base64();
    return text + "." + checksum(text, offset);
  }

  /** The finished events of a text; none if it is empty, damaged or belongs to another position. */
  static SequenceRanges decode(long sequenceNumber, String offset, String text) {
    int firstDot = text.indexOf('.');
    int lastDot = text.lastIndexOf('.');
    if (firstDot < 2
        || lastDot == firstDot
        || !text.substring(lastDot + 1).equals(checksum(text.substring(0, lastDot), offset))
        || !text.substring(1, firstDot).equals(Long.toString(sequenceNumber))) {
      return new SequenceRanges();
    }
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text.substring(firstDot + 1, lastDot));
      return switch (text.charAt(0)) {
        case BITS -> fromBits(sequenceNumber, bytes);
        case RUNS -> fromRuns(sequenceNumber, bytes);
        default -> new SequenceRanges();
      };
    } catch (IllegalArgumentException e) {
      // The text is not base64 although the checksum is right: another program wrote it by other
      // rules.
      return new SequenceRanges();
    }
  }

  private record Layout(char letter, String base64, long coveredEvents) {

    static Layout of(char letter, byte[] bytes, long coveredEvents) {
      return new Layout(
          letter, Base64.getUrlEncoder().withoutPadding().encodeToString(bytes), coveredEvents);
    }

    boolean isBetterThan(Layout other) {
      return coveredEvents > other.coveredEvents
          || (coveredEvents == other.coveredEvents && base64.length() < other.base64.length());
    }
  }

  private static Layout runs(long sequenceNumber, SequenceRanges finished, int maxBytes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    long covered = 0;
    long end = sequenceNumber;
    for (int i = 0; i < finished.size(); i++) {
      long gap = finished.first(i) - end - 1;
      long run = finished.last(i) - finished.first(i) + 1;
      if (bytes.size() + length(gap) + length(run) > maxBytes) {
        break;
      }
      write(bytes, gap);
      write(bytes, run);
      covered += run;
      end = finished.last(i);
    }
    return Layout.of(RUNS, bytes.toByteArray(), covered);
  }

  private static Layout bits(long sequenceNumber, SequenceRanges finished, int maxBytes) {
    long span = finished.last(finished.size() - 1) - sequenceNumber;
    int bits = (int) Math.min(span, maxBytes * 8L);
    byte[] bytes = new byte[(bits + 7) / 8];
    long covered = 0;
    for (int i = 0; i < finished.size(); i++) {
      long last = Math.min(finished.last(i) - sequenceNumber, bits);
      for (long bit = finished.first(i) - sequenceNumber; bit <= last; bit++) {
        int index = (int) (bit - 1);
        bytes[index >> 3] |= (byte) (1 << (index & 7));
        covered++;
      }
    }
    return Layout.of(BITS, bytes, covered);
  }

  private static SequenceRanges fromBits(long sequenceNumber, byte[] bytes) {
    SequenceRanges finished = new SequenceRanges();
    for (int index = 0; index < bytes.length * 8; index++) {
      if ((bytes[index >> 3] & (1 << (index & 7))) != 0) {
        finished.append(sequenceNumber + index + 1, sequenceNumber + index + 1);
      }
    }
    return finished;
  }

  private static SequenceRanges fromRuns(long sequenceNumber, byte[] bytes) {
    SequenceRanges finished = new SequenceRanges();
    ByteBuffer input = ByteBuffer.wrap(bytes);
    long end = sequenceNumber;
    while (input.hasRemaining()) {
      long first = end + read(input) + 1;
      end = first + read(input) - 1;
      finished.append(first, end);
    }
    return finished;
  }

  private static int length(long number) {
    return Math.max(1, (70 - Long.numberOfLeadingZeros(number)) / 7);
  }

  private static void write(ByteArrayOutputStream bytes, long number) {
    long rest = number;
    while (rest > 0x7f) {
      bytes.write((int) (rest & 0x7f) | 0x80);
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }

  private static long read(ByteBuffer input) {
    long number = 0;
    for (int shift = 0; input.hasRemaining(); shift += 7) {
      byte group = input.get();
      number |= (long) (group & 0x7f) << shift;
      if (group >= 0) {
        return number;
      }
    }
    throw new IllegalArgumentException("a run length ends before its last group");
  }

  private static String checksum(String text, String offset) {
    CRC32 crc = new CRC32();
    crc.update((text + "." + offset).getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", crc.getValue());
  }
}
