// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import com.azure.messaging.eventhubs.EventData;
import java.time.Instant;

/** An event as the SDK gives it. */
final class SimulatedEvent extends EventData {

  private final long sequenceNumber;
  private final Instant enqueued;
  private final int log;
  final long bytesBefore;

  /**
   * @param log which of the event hubs that had the name
   * @param bytesBefore the bytes of all events of its partition before it
   */
  SimulatedEvent(int log, long sequenceNumber, long bytesBefore, byte[] body, Instant enqueued) {
    super(body);
    this.bytesBefore = bytesBefore;
    this.log = log;
    this.sequenceNumber = sequenceNumber;
    this.enqueued = enqueued;
  }

  @Override
  public Long getSequenceNumber() {
    return sequenceNumber;
  }

  @Override
  public String getOffsetString() {
    return "o" + sequenceNumber + (log == 0 ? "" : "-" + log);
  }

  /** Which of the event hubs that had the name knows this offset. */
  static int logOf(String offset) {
    int dash = offset.indexOf('-', 1);
    return dash < 0 ? 0 : Integer.parseInt(offset.substring(dash + 1));
  }

  /** The number of the event with this offset. */
  static long numberOf(String offset) {
    int dash = offset.indexOf('-', 1);
    return Long.parseLong(offset.substring(1, dash < 0 ? offset.length() : dash));
  }

  @Override
  public Instant getEnqueuedTime() {
    return enqueued;
  }
}
