// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.EventHubPartition;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Makes elements as the sources of {@code Consumer} emit them, for tests of streams without any
 * service.
 *
 * <p>Offsets made here can be committed, but no commit is recorded; a {@link RecordingCommitter}
 * makes offsets whose commits it records.
 */
public final class ConsumerResultFactory {

  private static final long FIRST_EPOCH = 1;

  /** A committer tells epochs apart by identity: each is here once. */
  private static final ConcurrentMap<AcceptingEpoch, AcceptingEpoch> EPOCHS =
      new ConcurrentHashMap<>();

  private ConsumerResultFactory() {}

  /**
   * An event as {@code plainSource} emits it.
   *
   * @param offset the opaque string that the event's {@code getOffsetString()} answers
   * @param enqueuedTime the time at which the service is said to have stored it
   */
  public static PartitionEvent partitionEvent(
      EventHubPartition partition,
      long sequenceNumber,
      String offset,
      Instant enqueuedTime,
      String body) {
    return partitionEvent(partition, sequenceNumber, offset, enqueuedTime, new EventData(body));
  }

  /** The same with the body and the properties of an event that was not received. */
  public static PartitionEvent partitionEvent(
      EventHubPartition partition,
      long sequenceNumber,
      String offset,
      Instant enqueuedTime,
      EventData event) {
    return new PartitionEvent(
        new PartitionContext(
            partition.namespace(),
            partition.eventHub(),
            partition.consumerGroup(),
            partition.partitionId()),
        new ReceivedEventData(event, sequenceNumber, offset, enqueuedTime),
        null);
  }

  /** An event as {@code committableSource} emits it. */
  public static CommittableEvent committableEvent(
      EventHubPartition partition,
      long sequenceNumber,
      String offset,
      Instant enqueuedTime,
      String body) {
    return committableEvent(
        partitionEvent(partition, sequenceNumber, offset, enqueuedTime, body),
        committableOffset(partition, sequenceNumber, offset));
  }

  /** An event with an offset of a {@link RecordingCommitter}. */
  public static CommittableEvent committableEvent(PartitionEvent event, CommittableOffset offset) {
    return new CommittableEvent(event, offset);
  }

  /** The offset of an event, with the fencing token 1. */
  public static CommittableOffset committableOffset(
      EventHubPartition partition, long sequenceNumber, String offset) {
    return committableOffset(partition, sequenceNumber, offset, FIRST_EPOCH);
  }

  /**
   * The offset of an event of an epoch with this fencing token, for tests of writes that are
   * refused after a later epoch has begun.
   */
  public static CommittableOffset committableOffset(
      EventHubPartition partition, long sequenceNumber, String offset, long fencingToken) {
    return new CommittableOffset(
        EPOCHS.computeIfAbsent(new AcceptingEpoch(partition, fencingToken), epoch -> epoch),
        sequenceNumber,
        offset);
  }

  /** The offset of an event, with the entries to be stored beside the checkpoint. */
  public static CommittableOffset committableOffset(
      EventHubPartition partition,
      long sequenceNumber,
      String offset,
      Map<String, String> metadata) {
    return committableOffset(partition, sequenceNumber, offset).withMetadata(metadata);
  }
}
