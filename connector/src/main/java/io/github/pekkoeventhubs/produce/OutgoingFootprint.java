// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.EventSize;
import io.github.pekkoeventhubs.ProducerMessage.Route;

/**
 * How many bytes of memory an event takes from its arrival until it is acknowledged, by estimate.
 * Measured on a 64-bit JVM with compressed references: a stream of events of 100 bytes to any
 * partition holds 740 bytes for each, the encoded batches in flight and the lanes of eight
 * partitions included, and 1400 with the copy into which a partition key is written.
 */
final class OutgoingFootprint {

  /** An envelope with what it passes through, which the stage cannot measure. */
  static final long ENVELOPE = 64;

  /** The SDK's objects for an event, and those for its way through the stage. */
  private static final long OBJECTS = 650;

  /** The same for the copy that is sent in its place; the body is shared. */
  private static final long COPY = 600;

  /** A property or an annotation, beside its encoding. */
  private static final long ENTRY = 100;

  private OutgoingFootprint() {}

  /**
   * @param size as {@link EventSize} estimates it
   */
  static long estimate(EventData event, Route route, long size) {
    int annotations = event.getRawAmqpMessage().getMessageAnnotations().size();
    boolean copied = annotations > 0 || route instanceof Route.PartitionKey;
    long entries = ENTRY * (event.getProperties().size() + annotations);
    return size + OBJECTS + entries + (copied ? COPY + entries : 0);
  }

  /** The memory of a copy. */
  static long copied(EventData event) {
    return COPY + properties(event.getProperties().size());
  }

  /** The memory of properties, beside their encoding. */
  static long properties(int count) {
    return ENTRY * count;
  }
}
