// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.time.Instant;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * An event that was read: the last one at some moment.
 *
 * @param offset its offset; empty if it is not known
 * @param time when it was enqueued, if it is known
 */
@InternalApi
public record ReadMark(long sequenceNumber, String offset, @Nullable Instant time) {

  /** The mark of an event. */
  public static ReadMark of(PartitionEvent event) {
    EventData data = event.getData();
    String offset = data.getOffsetString();
    return new ReadMark(
        data.getSequenceNumber(), offset == null ? "" : offset, data.getEnqueuedTime());
  }
}
