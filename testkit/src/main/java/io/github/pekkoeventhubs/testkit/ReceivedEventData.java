// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.messaging.eventhubs.EventData;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An event with a position. In one that was made by hand the SDK leaves it out, and offers no other
 * way than a subclass.
 */
@SuppressWarnings("EqualsHashCode") // Events are equal by their bodies, as the SDK has it.
final class ReceivedEventData extends EventData {

  private final long sequenceNumber;
  private final String offset;
  private final Instant enqueuedTime;

  ReceivedEventData(EventData event, long sequenceNumber, String offset, Instant enqueuedTime) {
    super(event.getBody());
    this.sequenceNumber = sequenceNumber;
    this.offset = offset;
    this.enqueuedTime = enqueuedTime;
    getProperties().putAll(event.getProperties());
    if (event.getContentType() != null) {
      setContentType(event.getContentType());
    }
    if (event.getCorrelationId() != null) {
      setCorrelationId(event.getCorrelationId());
    }
    if (event.getMessageId() != null) {
      setMessageId(event.getMessageId());
    }
  }

  @Override
  public Long getSequenceNumber() {
    return sequenceNumber;
  }

  @Override
  public String getOffsetString() {
    return offset;
  }

  /** Null where the offset is no number, as with a geo-replicated namespace. */
  @Override
  @Deprecated
  @SuppressWarnings("NullAway") // The SDK declares no nullness.
  public @Nullable Long getOffset() {
    return offset.matches("-?[0-9]{1,18}") ? Long.valueOf(offset) : null;
  }

  @Override
  public Instant getEnqueuedTime() {
    return enqueuedTime;
  }

  @Override
  public Map<String, Object> getSystemProperties() {
    Map<String, Object> properties = new HashMap<>(super.getSystemProperties());
    properties.put("x-opt-sequence-number", sequenceNumber);
    properties.put("x-opt-offset", offset);
    properties.put("x-opt-enqueued-time", enqueuedTime);
    return properties;
  }
}
