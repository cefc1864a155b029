// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionOwnedException;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.continuity.MissedEvents.Hole;
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
 * @param isStored whether it is the checkpoint, as it was found, or the end of an earlier epoch
 * @param missed the events after it that the partition no longer has
 */
record StartingPoint(
    EventPosition startAfter,
    AcknowledgedPosition acknowledged,
    @Nullable CheckpointWriter writer,
    boolean isStored,
    Optional<Hole> missed) {

  /** A start at which nothing is missing. */
  StartingPoint(
      EventPosition startAfter,
      AcknowledgedPosition acknowledged,
      @Nullable CheckpointWriter writer,
      boolean isStored) {
    this(startAfter, acknowledged, writer, isStored, Optional.empty());
  }

  /**
   * Finds the start of a claimed partition, in this order: the position that was given, the end of
   * this stream's previous epoch, the checkpoint.
   *
   * @param resumed where an earlier epoch of the same stream has ended
   * @param asked the service's answer about the partition
   */
  static CompletionStage<StartingPoint> ofClaimed(
      CheckpointStart checkpoint,
      Optional<EventPosition> given,
      Optional<AcknowledgedPosition> resumed,
      CompletionStage<PartitionProperties> asked) {
    if (given.isPresent()) {
      return at(given, checkpoint.stream(), checkpoint.partitionId(), checkpoint.writer());
    }
    return resumed.isPresent()
        ? CompletableFuture.completedFuture(after(resumed.get(), checkpoint.writer()))
        : checkpoint.find(asked);
  }

  /**
   * Finds the start of a partition that nobody claims, in this order: the position that was given,
   * the end of this stream's previous epoch, the checkpoint, the initial position. If a stream that
   * commits finds no checkpoint, it stores its start as one, as with a claim: after a restart
   * {@code latest} would be another position.
   *
   * @param resumption the facts about an earlier epoch of the same stream
   */
  static CompletionStage<StartingPoint> ofUnclaimed(
      StreamOfGroup stream,
      String partitionId,
      Optional<EventPosition> given,
      Resumption resumption,
      StartDoubts doubts) {
    EventHubPartition partition = stream.partition(partitionId);
    Optional<AcknowledgedPosition> resumed = resumption.after();
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
                    ? ofClaimed(
                        new CheckpointStart(
                            stream,
                            partitionId,
                            checkpoint,
                            stream.isCommittable(),
                            doubts,
                            resumption.refusal()),
                        given,
                        resumed,
                        stream.partitionProperties(partitionId))
                    : at(initial, stream, partitionId, checkpoint));
  }

  private static CompletionStage<StartingPoint> at(
      Optional<EventPosition> position,
      StreamOfGroup stream,
      String partitionId,
      @Nullable CheckpointWriter writer) {
    return stream
        .checkpointAt(partitionId, position)
        .thenApply(entries -> at(new StoredCheckpoint(entries, ""), writer, false));
  }

  /** The start is the checkpoint that was found. */
  static StartingPoint stored(StoredCheckpoint stored, CheckpointWriter writer) {
    return at(stored, writer, true);
  }

  /** The start was decided, since the checkpoint that was found cannot be used. */
  static StartingPoint decided(StoredCheckpoint decided, CheckpointWriter writer) {
    return at(decided, writer, false);
  }

  private static StartingPoint at(
      StoredCheckpoint stored, @Nullable CheckpointWriter writer, boolean isStored) {
    return new StartingPoint(position(stored), acknowledged(stored), writer, isStored);
  }

  private static StartingPoint after(
      AcknowledgedPosition position, @Nullable CheckpointWriter writer) {
    return new StartingPoint(
        position.offset().isBlank()
            ? EventPosition.fromSequenceNumber(position.sequenceNumber(), false)
            : atOffset(position.offset()),
        position,
        writer,
        writer != null);
  }

  /** The same start, where these events are missing. */
  StartingPoint missing(Hole hole) {
    return new StartingPoint(startAfter, acknowledged, writer, isStored, Optional.of(hole));
  }

  /** Judges the events that arrive from here on. */
  Continuity continuity() {
    return missed
        .map(hole -> Continuity.after(hole.last(), ""))
        .orElseGet(() -> Continuity.after(acknowledged.sequenceNumber(), acknowledged.offset()));
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

  /** By offset, or where there is none by sequence number; the caller has found one of them. */
  private static EventPosition position(StoredCheckpoint stored) {
    return stored
        .offset()
        .map(StartingPoint::atOffset)
        .orElseGet(
            () ->
                EventPosition.fromSequenceNumber(stored.sequenceNumber().orElseThrow(), false));
  }

  private static EventPosition atOffset(String offset) {
    return offset.equals(StoredCheckpoint.BEFORE_FIRST_OFFSET)
        ? EventPosition.earliest()
        : EventPosition.fromOffsetString(offset);
  }

  static AcknowledgedPosition acknowledged(StoredCheckpoint stored) {
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
