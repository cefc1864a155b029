// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import com.azure.messaging.eventhubs.PartitionProperties;
import java.time.Instant;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The events of a partition, as the service describes them.
 *
 * @param empty whether there are none now
 * @param first the sequence number of the first one, or of the next one to come
 * @param last the sequence number of the last one that there ever was
 * @param lastOffset the offset of the last one
 * @param lastTime when the last one was enqueued, if the service says it
 */
@InternalApi
public record PartitionRange(
    boolean empty, long first, long last, String lastOffset, @Nullable Instant lastTime) {

  /** Reads the service's answer. */
  public static PartitionRange of(PartitionProperties properties) {
    return new PartitionRange(
        Boolean.TRUE.equals(properties.isEmpty()),
        properties.getBeginningSequenceNumber(),
        properties.getLastEnqueuedSequenceNumber(),
        properties.getLastEnqueuedOffset(),
        properties.getLastEnqueuedTime());
  }

  /** Whether the last event has this number, and another offset than this one. */
  boolean hasAnotherOffsetAt(long sequenceNumber, String offset) {
    return !empty && sequenceNumber == last && !offset.isEmpty() && !offset.equals(lastOffset);
  }
}
