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
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * The start of an epoch.
 *
 * @param startAfter the position after which receiving begins
 * @param acknowledged the same position in the form of a checkpoint
 * @param writer writes the checkpoint; null if none is kept
 */
record StartingPoint(
    EventPosition startAfter,
    AcknowledgedPosition acknowledged,
    @Nullable CheckpointWriter writer) {

  /**
   * Finds the start of a claimed partition, in this order: the position that was given, the end of
   * this stream's previous epoch, the checkpoint.
   *
   * @param resumed where an earlier epoch of the same stream has ended
   */
  static CompletionStage<StartingPoint> ofClaimed(
      StreamOfGroup stream,
      String partitionId,
      CheckpointWriter writer,
      Optional<EventPosition> given,
      Optional<AcknowledgedPosition> resumed) {
    EventHubPartition partition = stream.partition(partitionId);
    return given.isPresent()
        ? at(given, stream, partitionId, writer)
        : CompletableFuture.completedFuture(
            resumed
                .map(position -> after(position, writer))
                .orElseGet(() -> ofCheckpoint(writer, partition)));
  }

  /**
   * Finds the start of a partition that nobody claims, in this order: the position that was given,
   * the end of this stream's previous epoch, the checkpoint, the initial position. If a stream that
   * commits finds no checkpoint, it stores its start as one, as with a claim: after a restart
   * {@code latest} would be another position.
   *
   * @param resumed where an earlier epoch of the same stream has ended
   */
  static CompletionStage<StartingPoint> ofUnclaimed(
      StreamOfGroup stream,
      String partitionId,
      Optional<EventPosition> given,
      Optional<AcknowledgedPosition> resumed) {
    EventHubPartition partition = stream.partition(partitionId);
    Optional<EventPosition> initial = given.or(() -> stream.settings().initialPosition());
    Optional<PartitionStore> store = stream.settings().partitionStore();
    if (store.isEmpty()) {
      return given.isEmpty() && resumed.isPresent()
          ? CompletableFuture.completedFuture(after(resumed.get(), null))
          : at(initial, stream, partitionId, null);
    }
    return refuseOwned(stream, store.get(), partition)
        .thenCompose(
            free ->
                stream.isCommittable() && resumed.isEmpty()
                    ? UnclaimedCheckpoint.openOrCreate(
                        store.get(), partition, () -> stream.checkpointAt(partitionId, initial))
                    : UnclaimedCheckpoint.open(store.get(), partition))
        .thenCompose(
            checkpoint ->
                resumed.isPresent() || checkpoint.stored().isPresent()
                    ? ofClaimed(stream, partitionId, checkpoint, given, resumed)
                    : at(initial, stream, partitionId, checkpoint));
  }

  private static CompletionStage<StartingPoint> at(
      Optional<EventPosition> position,
      StreamOfGroup stream,
      String partitionId,
      @Nullable CheckpointWriter writer) {
    return stream
        .checkpointAt(partitionId, position)
        .thenApply(
            entries ->
                at(new StoredCheckpoint(entries, ""), stream.partition(partitionId), writer));
  }

  private static StartingPoint ofCheckpoint(CheckpointWriter writer, EventHubPartition partition) {
    StoredCheckpoint stored =
        writer
            .stored()
            .orElseThrow(() -> new IllegalStateException("no checkpoint of " + partition));
    return at(stored, partition, writer);
  }

  private static StartingPoint at(
      StoredCheckpoint stored, EventHubPartition partition, @Nullable CheckpointWriter writer) {
    return new StartingPoint(position(stored, partition), acknowledged(stored), writer);
  }

  private static StartingPoint after(
      AcknowledgedPosition position, @Nullable CheckpointWriter writer) {
    return new StartingPoint(
        position.offset().isBlank()
            ? EventPosition.fromSequenceNumber(position.sequenceNumber(), false)
            : atOffset(position.offset()),
        position,
        writer);
  }

  /** The start as words that follow "reading". */
  String inWords() {
    long sequenceNumber = acknowledged.sequenceNumber();
    String offset = acknowledged.offset();
    if (offset.equals(StoredCheckpoint.BEFORE_FIRST_OFFSET)) {
      return "from the beginning";
    }
    if (offset.isBlank()) {
      return "after sequence number " + sequenceNumber;
    }
    return sequenceNumber == AcknowledgedPosition.UNKNOWN
        ? "after offset " + offset
        : "after offset " + offset + " (sequence number " + sequenceNumber + ")";
  }

  /** The checkpoint's sequence number, if it is beyond this start. */
  OptionalLong checkpointBeyond() {
    OptionalLong stored =
        writer == null
            ? OptionalLong.empty()
            : writer.stored().map(StoredCheckpoint::sequenceNumber).orElse(OptionalLong.empty());
    return stored.isPresent() && stored.getAsLong() > acknowledged.sequenceNumber()
        ? stored
        : OptionalLong.empty();
  }

  private static CompletionStage<Boolean> refuseOwned(
      StreamOfGroup stream, PartitionStore store, EventHubPartition partition) {
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

  private static boolean isLive(StoredOwnership record, StreamOfGroup stream) {
    return !record.isReleased()
        && record.age().compareTo(stream.settings().ownership().expiry()) < 0;
  }

  private static EventPosition position(StoredCheckpoint stored, EventHubPartition partition) {
    Optional<String> offset = stored.offset();
    if (offset.isPresent()) {
      return atOffset(offset.get());
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

  private static EventPosition atOffset(String offset) {
    return offset.equals(StoredCheckpoint.BEFORE_FIRST_OFFSET)
        ? EventPosition.earliest()
        : EventPosition.fromOffsetString(offset);
  }

  private static AcknowledgedPosition acknowledged(StoredCheckpoint stored) {
    return new AcknowledgedPosition(
        stored.sequenceNumber().orElse(AcknowledgedPosition.UNKNOWN),
        stored.offset().orElse(""),
        stored.metadata(),
        CheckpointPosition.gapsOf(stored).orElse(""));
  }

  static CompletionStage<CommitOutcome> nothingStored() {
    return CompletableFuture.completedFuture(CommitOutcome.COMMITTED);
  }
}
