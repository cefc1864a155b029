// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.amqp;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A message from a producer: one event, or a batch whose data sections hold one event each. */
final class IncomingMessage {
  /** The message format that marks a batch; every other one is a single event. */
  static final int BATCH_FORMAT = 0x80013700;

  private record Range(int from, int to) {}

  private final byte[] bytes;
  private final List<Range> events;
  private final @Nullable String partitionKey;

  private IncomingMessage(byte[] bytes, List<Range> events, @Nullable String partitionKey) {
    this.bytes = bytes;
    this.events = events;
    this.partitionKey = partitionKey;
  }

  /**
   * @param bytes not copied
   * @throws MalformedMessageException if it cannot be taken apart
   */
  static IncomingMessage parse(byte[] bytes, int messageFormat) {
    boolean batch = messageFormat == BATCH_FORMAT;
    List<Range> events = new ArrayList<>();
    String partitionKey = null;
    SectionReader sections = new SectionReader(bytes, 0, bytes.length);
    while (sections.next()) {
      if (sections.descriptor() == SectionReader.MESSAGE_ANNOTATIONS) {
        partitionKey = partitionKeyIn(sections.map());
      } else if (batch && sections.descriptor() == SectionReader.DATA) {
        int from = sections.payloadStart();
        checkSections(bytes, from, sections.end());
        events.add(new Range(from, sections.end()));
      }
    }
    if (!batch) {
      events.add(new Range(0, bytes.length));
    }
    return new IncomingMessage(bytes, events, partitionKey);
  }

  @Nullable String partitionKey() {
    return partitionKey;
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

  private static @Nullable String partitionKeyIn(SectionReader.MapReader annotations) {
    while (annotations.next()) {
      if (StampedMessage.PARTITION_KEY_NAME.equals(annotations.key())) {
        return annotations.textValue();
      }
    }
    return null;
  }
}
