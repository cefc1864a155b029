// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionOwnedException;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import io.github.pekkoeventhubs.store.UnclaimedCheckpoint;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where an epoch starts.
 *
 * @param startAfter where receiving begins; exclusive
 * @param acknowledged the same as a checkpoint says it
 * @param writer writes the checkpoint; null where none is kept
 */
record StartingPoint(
    EventPosition startAfter,
    AcknowledgedPosition acknowledged,
    @Nullable CheckpointWriter writer) {

  /**
   * After the checkpoint of a claimed partition.
   *
   * @param lastEmitted where a plain stream goes on that is restarted, or {@link
   *     PartitionSession#NONE}
   */
  static StartingPoint ofCheckpoint(
      CheckpointWriter writer, EventHubPartition partition, long lastEmitted) {
    StoredCheckpoint stored =
        writer
            .stored()
            .orElseThrow(() -> new IllegalStateException("no checkpoint of " + partition));
    StartingPoint point =
        new StartingPoint(position(stored, partition), acknowledged(stored), writer);
    return lastEmitted == PartitionSession.NONE ? point : point.after(lastEmitted);
  }

  private StartingPoint after(long sequenceNumber) {
    return new StartingPoint(
        EventPosition.fromSequenceNumber(sequenceNumber, false),
        new AcknowledgedPosition(sequenceNumber, "", Map.of(), ""),
        writer);
  }

  /**
   * Of a partition that nobody claims: the given position, else the checkpoint, else the initial.
   */
  static CompletionStage<StartingPoint> ofUnclaimed(
      ConsumerStream stream, String partitionId, Optional<EventPosition> given, long lastEmitted) {
    EventHubPartition partition = stream.partition(partitionId);
    Optional<PartitionStore> store = stream.settings().partitionStore();
    if (store.isEmpty()) {
      return withoutStore(stream, partitionId, given, lastEmitted);
    }
    return refuseOwned(stream, store.get(), partition)
        .thenCompose(free -> UnclaimedCheckpoint.open(store.get(), partition))
        .thenCompose(
            checkpoint -> {
              boolean restarted = lastEmitted != PartitionSession.NONE;
              if (checkpoint.stored().isPresent() && (given.isEmpty() || restarted)) {
                StartingPoint point = ofCheckpoint(checkpoint, partition, PartitionSession.NONE);
                return CompletableFuture.completedFuture(
                    restarted && !stream.isCommittable() ? point.after(lastEmitted) : point);
              }
              return stream
                  .checkpointAt(partitionId, given.or(() -> stream.settings().initialPosition()))
                  .thenApply(
                      entries -> {
                        StoredCheckpoint start = new StoredCheckpoint(entries, "");
                        return new StartingPoint(
                            position(start, partition), acknowledged(start), checkpoint);
                      });
            });
  }

  private static CompletionStage<StartingPoint> withoutStore(
      ConsumerStream stream, String partitionId, Optional<EventPosition> given, long lastEmitted) {
    Optional<EventPosition> position = given.or(() -> stream.settings().initialPosition());
    return stream
        .checkpointAt(partitionId, position)
        .thenApply(
            entries -> {
              StoredCheckpoint start = new StoredCheckpoint(entries, "");
              StartingPoint point =
                  new StartingPoint(
                      position(start, stream.partition(partitionId)), acknowledged(start), null);
              return lastEmitted == PartitionSession.NONE ? point : point.after(lastEmitted);
            });
  }

  private static CompletionStage<Boolean> refuseOwned(
      ConsumerStream stream, PartitionStore store, EventHubPartition partition) {
    if (stream.settings().forcedPartitions()) {
      return CompletableFuture.completedFuture(true);
    }
    return store
        .readOwnership(partition)
        .thenApply(
            record -> {
              record
                  .filter(owned -> isLive(owned, stream))
                  .ifPresent(
                      owned -> {
                        throw new PartitionOwnedException(
                            "partition "
                                + partition
                                + " is owned by '"
                                + owned.ownerId()
                                + "': stop that consumer, read another consumer group, or force it"
                                + " with withForcedPartitions()");
                      });
              return true;
            });
  }

  private static boolean isLive(StoredOwnership record, ConsumerStream stream) {
    return !record.isReleased()
        && record.age().compareTo(stream.settings().ownership().expiry()) < 0;
  }

  private static EventPosition position(StoredCheckpoint stored, EventHubPartition partition) {
    Optional<String> offset = stored.offset();
    if (offset.isPresent()) {
      return offset.get().equals(StoredCheckpoint.BEFORE_FIRST_OFFSET)
          ? EventPosition.earliest()
          : EventPosition.fromOffsetString(offset.get());
    }
    if (stored.sequenceNumber().isPresent()) {
      return EventPosition.fromSequenceNumber(stored.sequenceNumber().getAsLong(), false);
    }
    throw new CheckpointUnreadableException(
        "the checkpoint of "
            + partition
            + " has neither '"
            + StoredCheckpoint.OFFSET
            + "' nor '"
            + StoredCheckpoint.SEQUENCE_NUMBER
            + "': correct it, or delete it to start at the initial position");
  }

  private static AcknowledgedPosition acknowledged(StoredCheckpoint stored) {
    return new AcknowledgedPosition(
        stored.sequenceNumber().orElse(AcknowledgedPosition.UNKNOWN),
        stored.offset().orElse(""),
        Map.of(),
        CheckpointPosition.gapsOf(stored).orElse(""));
  }

  static CompletionStage<CommitOutcome> nothingStored() {
    return CompletableFuture.completedFuture(CommitOutcome.COMMITTED);
  }
}
