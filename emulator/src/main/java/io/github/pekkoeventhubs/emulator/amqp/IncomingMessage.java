// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message from a producer: one event, or a batch whose data sections hold one event each. */
final class IncomingMessage {
  /** The message format that marks a batch; every other one is a single event. */
  static final int BATCH_FORMAT = 0x80013700;

  private static final String PRODUCER_ID = "com.microsoft:producer-id";
  private static final String PRODUCER_SEQUENCE_NUMBER = "com.microsoft:producer-sequence-number";

  private record Range(int from, int to) {}

  private final byte[] bytes;
  private final List<Range> events = new ArrayList<>();
  private @Nullable String partitionKey;
  private @Nullable Long producerId;
  private @Nullable Long producerSequenceNumber;

  private IncomingMessage(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * @param bytes not copied
   * @throws MalformedMessageException if it cannot be decoded
   */
  static IncomingMessage parse(byte[] bytes, int messageFormat) {
    boolean batch = messageFormat == BATCH_FORMAT;
    IncomingMessage message = new IncomingMessage(bytes);
    SectionReader sections = new SectionReader(bytes, 0, bytes.length);
    while (sections.next()) {
      if (sections.descriptor() == SectionReader.MESSAGE_ANNOTATIONS) {
        message.readAnnotations(sections.map());
      } else if (batch && sections.descriptor() == SectionReader.DATA) {
        int from = sections.payloadStart();
        checkSections(bytes, from, sections.end());
        message.events.add(new Range(from, sections.end()));
      }
    }
    if (!batch) {
      message.events.add(new Range(0, bytes.length));
    }
    return message;
  }

  @Nullable String partitionKey() {
    return partitionKey;
  }

  /**
   * Returns the producer's id and the first sequence number; empty unless the producer is
   * idempotent.
   */
  Optional<IdempotentProducers.Publication> publication() {
    return producerId == null || producerSequenceNumber == null
        ? Optional.empty()
        : Optional.of(
            new IdempotentProducers.Publication(producerId, producerSequenceNumber.intValue()));
  }

  int eventCount() {
    return events.size();
  }

  void appendTo(Partition partition) {
    for (Range event : events) {
      partition.append(bytes, event.from(), event.to(), partitionKey);
    }
    partition.wakeSubscriptions();
  }

  /** A batch is stored as a whole or not at all, so it is checked before the first event is. */
  private static void checkSections(byte[] bytes, int from, int to) {
    new SectionReader(bytes, from, to).checkRemaining();
  }

  private void readAnnotations(SectionReader.MapReader annotations) {
    while (annotations.next()) {
      String key = annotations.key();
      if (StampedMessage.PARTITION_KEY_NAME.equals(key)) {
        partitionKey = annotations.textValue();
      } else if (PRODUCER_ID.equals(key)) {
        producerId = annotations.integerValue();
      } else if (PRODUCER_SEQUENCE_NUMBER.equals(key)) {
        producerSequenceNumber = annotations.integerValue();
      }
    }
  }
}
