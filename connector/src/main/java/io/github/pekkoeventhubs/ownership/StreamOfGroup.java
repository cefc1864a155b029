// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.continuity.ReadStart;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;

/**
 * A running stream, as placements and owners see it: it takes partitions and gives them back. All
 * methods may be called from any thread and none blocks.
 */
@InternalApi
public interface StreamOfGroup {

  /** Names the stream in log lines; unique in this process. */
  String id();

  /** Returns the settings of the stream. */
  ConsumerSettings settings();

  /** This partition as the stream's consumer group reads it. */
  EventHubPartition partition(String partitionId);

  /** The tracing of an epoch of this partition, which begins. */
  default PartitionTracing tracing(EventHubPartition partition) {
    return PartitionTracing.NONE;
  }

  /** Whether events are acknowledged through committers. */
  boolean isCommittable();

  /** The event hub's partitions, as the service names them now. */
  CompletionStage<List<String>> partitionIds();

  /** A partition's first and last event. */
  CompletionStage<PartitionProperties> partitionProperties(String partitionId);

  /**
   * Returns the entries of a checkpoint for a position. A checkpoint is exclusive: it has the
   * values of the event before the position, or of the place before the first event. Fails if no
   * position is given.
   */
  CompletionStage<Map<String, String>> checkpointAt(
      String partitionId, Optional<EventPosition> position);

  /**
   * Returns the user's starting position of an assigned partition; empty for the checkpoint or the
   * initial position. Fails if the user's function fails.
   */
  default CompletionStage<Optional<EventPosition>> positionOnAssign(String partitionId) {
    return CompletableFuture.completedFuture(Optional.empty());
  }

  /**
   * The partition is being handed over, and its last event has been emitted. Completes when the
   * stream's user has finished with it; never fails.
   */
  default CompletionStage<Done> revoked(String partitionId) {
    return CompletableFuture.completedFuture(Done.getInstance());
  }

  /**
   * Takes the partition over; receiving begins with {@link PartitionRun#attach}.
   *
   * @param whenAbandoned called at most once, when the user has ended the partition's own part of
   *     the stream while the rest goes on
   */
  PartitionRun begin(PartitionSession session, ReadStart start, Runnable whenAbandoned);

  /** The live status of a partition in this stream; the same object in all its epochs. */
  LivePartitionStatus status(String partitionId);

  /**
   * The placement knows which partitions are for this stream now.
   *
   * @param partitions how many
   */
  default void placed(int partitions) {}

  /** Passes a notice on to the user's listener, if there is one. */
  void notifyListener(PartitionLifecycle notice);

  /** Fails the stream. Idempotent; nothing happens if the stream has ended. */
  void fail(Throwable error);
}
