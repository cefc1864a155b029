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

  /**
   * A number for conditions on your own writes, higher than that of every earlier epoch of the
   * partition: an epoch begins when the partition is claimed, and each event received in it has
   * this number. A database that keeps the number of the last writer beside each row, and refuses
   * writes with a lower one ({@code UPDATE .. WHERE token <= ?}), is safe from a process that was
   * paused in the middle of its work and wakes up after another has gone on.
   *
   * <p>The numbers are positive and have gaps. They go on growing across restarts, across resets,
   * beside official processors, and when blobs are deleted. The guide to the guarantees says where
   * that ends.
   *
   * @throws IllegalStateException if there is none: if the partition is read without a claim, as
   *     with {@link Subscriptions#partitions}, or the store cannot fence, as one of {@link
   *     PartitionStore#fromProcessorStore}
   */
  public long fencingToken() {
    return offset.fencingToken();
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
   * Says that this event needs no processing, and so no acknowledgement: it counts as finished at
   * once. Earlier events that are still under way stay so, in either order of acknowledgement. The
   * event may be dropped afterwards, or the returned offset passed on to the committer as after
   * processing.
   *
   * <p>The checkpoint passes skipped events with the next commit of their partition. Where none
   * comes, the partition's owner stores it once in {@code stall-check}, and in a hand-over.
   *
   * <p>{@link io.github.pekkoeventhubs.javadsl.Committer#filter} and its siblings call this for
   * what they drop.
   */
  public CommittableOffset skip() {
    return offset.skip();
  }

  @Override
  public String toString() {
    return "CommittableEvent(" + partition() + ", sequence number " + sequenceNumber() + ")";
  }
}
