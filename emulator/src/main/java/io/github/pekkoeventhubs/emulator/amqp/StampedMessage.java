// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A message with the annotations the service gives an event: sequence number, offset, enqueued time
 * and, where it was sent with one, the partition key.
 *
 * @param headerLength length of the header section at the start of {@code wire}
 */
@SuppressWarnings("ArrayRecordComponent") // Handed on at once, never compared.
record StampedMessage(byte[] wire, int headerLength) {
  static final String PARTITION_KEY_NAME = "x-opt-partition-key";

  private static final byte[] SEQUENCE_NUMBER = SectionWriter.symbol("x-opt-sequence-number");
  private static final byte[] OFFSET = SectionWriter.symbol("x-opt-offset");
  private static final byte[] ENQUEUED_TIME = SectionWriter.symbol("x-opt-enqueued-time");
  private static final byte[] PARTITION_KEY = SectionWriter.symbol(PARTITION_KEY_NAME);
  private static final Set<String> SET_BY_SERVICE =
      Set.of("x-opt-sequence-number", "x-opt-offset", "x-opt-enqueued-time");

  /** More than the annotations take, partition key and offset aside. */
  private static final int ANNOTATIONS_SIZE = 160;

  private static final int MAX_UTF8_BYTES = 3;

  /** The message in {@code source} from {@code from} to {@code to}, stamped. */
  static StampedMessage stamp(
      byte[] source,
      int from,
      int to,
      long sequenceNumber,
      String offset,
      long enqueuedTime,
      @Nullable String partitionKey) {
    int keySize = partitionKey == null ? 0 : partitionKey.length() * MAX_UTF8_BYTES;
    SectionWriter out = new SectionWriter(to - from + ANNOTATIONS_SIZE + offset.length() + keySize);
    SectionReader sections = new SectionReader(source, from, to);
    SectionReader.@Nullable MapReader annotations = null;
    int headerLength = 0;
    int rest = to;
    while (sections.next()) {
      if (sections.descriptor() == SectionReader.HEADER) {
        out.copy(source, sections.start(), sections.end());
        headerLength = sections.end() - sections.start();
      } else if (sections.descriptor() == SectionReader.MESSAGE_ANNOTATIONS) {
        annotations = sections.map();
      } else if (sections.descriptor() != SectionReader.DELIVERY_ANNOTATIONS) {
        rest = sections.start();
        break;
      }
    }
    sections.checkRemaining();
    out.beginMap(SectionReader.MESSAGE_ANNOTATIONS);
    boolean hasKey = annotations != null && copyAnnotations(annotations, source, out);
    out.longEntry(SEQUENCE_NUMBER, sequenceNumber);
    out.stringEntry(OFFSET, offset);
    out.timestampEntry(ENQUEUED_TIME, enqueuedTime);
    if (partitionKey != null && !hasKey) {
      out.stringEntry(PARTITION_KEY, partitionKey);
    }
    out.endMap();
    out.copy(source, rest, to);
    return new StampedMessage(out.toByteArray(), headerLength);
  }

  /** Copies what the producer annotated and says whether a partition key was among it. */
  private static boolean copyAnnotations(
      SectionReader.MapReader annotations, byte[] source, SectionWriter out) {
    boolean hasKey = false;
    while (annotations.next()) {
      String key = annotations.key();
      if (key == null || !SET_BY_SERVICE.contains(key)) {
        out.copyEntry(source, annotations.entryStart(), annotations.entryEnd());
        hasKey |= PARTITION_KEY_NAME.equals(key);
      }
    }
    return hasKey;
  }
}
