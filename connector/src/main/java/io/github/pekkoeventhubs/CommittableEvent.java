// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.LastEnqueuedEventProperties;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.annotation.InternalApi;

/**
 * An event together with the offset that commits it. Immutable, and safe for all threads. Nothing
 * here fails: an event that is passed on after its partition has moved is dropped by the committer.
 */
public final class CommittableEvent {

  private final PartitionEvent partitionEvent;
  private final CommittableOffset offset;

  /** For the connector's sources and the testkit. */
  @InternalApi
  public CommittableEvent(PartitionEvent partitionEvent, CommittableOffset offset) {
    this.partitionEvent = Objects.requireNonNull(partitionEvent, "partitionEvent");
    this.offset = Objects.requireNonNull(offset, "offset");
  }

  /** The event as the SDK delivered it. */
  public EventData event() {
    return partitionEvent.getData();
  }

  /** The event with the SDK's context. */
  public PartitionEvent partitionEvent() {
    return partitionEvent;
  }

  /** The partition the event came from. */
  public EventHubPartition partition() {
    return offset.partition();
  }

  /** The event's number within its partition. */
  public long sequenceNumber() {
    return offset.sequenceNumber();
  }

  /** The event's position as the service gave it: an opaque string. */
  public String offset() {
    return offset.offset();
  }

  /** When the service took the event in, by the service's clock. */
  public Instant enqueuedTime() {
    return partitionEvent.getData().getEnqueuedTime();
  }

  /** To be passed on to a {@code Committer} once the event has been processed. */
  public CommittableOffset committableOffset() {
    return offset;
  }

  /**
   * The partition's last event when this one was received. Present only where {@link
   * ConsumerSettings#withTrackLastEnqueued} has switched the tracking of it on.
   */
  public Optional<LastEnqueuedEventProperties> lastEnqueued() {
    return Optional.ofNullable(partitionEvent.getLastEnqueuedEventProperties());
  }

  /**
   * Says that this event needs no processing; pass the returned offset on to the committer, as
   * after processing. With {@link Acknowledgement#UNORDERED} the event counts as acknowledged at
   * once, so that an offset that is filtered out afterwards leaves no gap. With {@link
   * Acknowledgement#ORDERED} it does not: that would acknowledge earlier events which may still be
   * under way.
   */
  public CommittableOffset skip() {
    offset.epoch().skipped();
    if (offset.epoch().acknowledgement() == Acknowledgement.UNORDERED) {
      offset.acknowledge();
    }
    return offset;
  }

  @Override
  public String toString() {
    return "CommittableEvent(" + partition() + ", sequence number " + sequenceNumber() + ")";
  }
}
