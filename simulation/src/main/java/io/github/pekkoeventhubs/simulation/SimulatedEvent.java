// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import com.azure.messaging.eventhubs.EventData;
import java.time.Instant;

/** An event as the SDK gives it. */
final class SimulatedEvent extends EventData {

  private static final byte[] BODY = new byte[20];

  private final long sequenceNumber;
  private final Instant enqueued;

  SimulatedEvent(long sequenceNumber, Instant enqueued) {
    super(BODY);
    this.sequenceNumber = sequenceNumber;
    this.enqueued = enqueued;
  }

  @Override
  public Long getSequenceNumber() {
    return sequenceNumber;
  }

  @Override
  public String getOffsetString() {
    return "o" + sequenceNumber;
  }

  @Override
  public Instant getEnqueuedTime() {
    return enqueued;
  }
}
