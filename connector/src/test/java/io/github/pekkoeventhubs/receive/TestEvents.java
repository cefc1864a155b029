// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import org.jspecify.annotations.Nullable;

/** Events as the SDK delivers them. */
public final class TestEvents {

  private TestEvents() {}

  /** An event of partition 0, whose offset says its sequence number. */
  public static PartitionEvent event(long sequenceNumber) {
    return event("0", sequenceNumber, 10);
  }

  static PartitionEvent event(String partitionId, long sequenceNumber, int bytes) {
    return event(partitionId, sequenceNumber, "o" + sequenceNumber, bytes);
  }

  static PartitionEvent event(
      String partitionId, long sequenceNumber, @Nullable String offset, int bytes) {
    return new PartitionEvent(
        new PartitionContext("ns.servicebus.windows.net", "orders", "$Default", partitionId),
        new ReceivedEvent(sequenceNumber, offset, bytes),
        null);
  }

  /** An event that cannot be looked at. */
  static PartitionEvent throwing(Error error) {
    return new PartitionEvent(
        new PartitionContext("ns.servicebus.windows.net", "orders", "$Default", "0"),
        new EventData("") {
          @Override
          public Long getSequenceNumber() {
            return 0L;
          }

          @Override
          public byte[] getBody() {
            throw error;
          }
        },
        null);
  }

  private static final class ReceivedEvent extends EventData {
    private final long sequenceNumber;
    private final @Nullable String offset;

    ReceivedEvent(long sequenceNumber, @Nullable String offset, int bytes) {
      super(new byte[bytes]);
      this.sequenceNumber = sequenceNumber;
      this.offset = offset;
    }

    @Override
    public Long getSequenceNumber() {
      return sequenceNumber;
    }

    @Override
    public @Nullable String getOffsetString() {
      return offset;
    }
  }
}
