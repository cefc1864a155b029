// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.continuity.MissedEvents.Hole;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.store.CheckpointWriter;
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

  /** The start is a position that was given, as a checkpoint names it. */
  static CompletionStage<StartingPoint> at(
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

  /** The start is the end of an earlier epoch of the same stream. */
  static StartingPoint after(AcknowledgedPosition position, @Nullable CheckpointWriter writer) {
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

  /**
   * Judges the events that arrive from here on. The last event of a hole was removed: one of its
   * number is of another event hub, whatever its offset.
   */
  Continuity continuity() {
    return missed
        .map(hole -> Continuity.after(hole.last(), StoredCheckpoint.BEFORE_FIRST_OFFSET))
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
    return sequenceNumber == SequenceNumbers.UNKNOWN
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

  /** The number of the epoch that begins here; empty without a claim that fences. */
  OptionalLong fencingToken() {
    return writer == null ? OptionalLong.empty() : writer.fencingToken();
  }

  /** By offset, or where there is none by sequence number; the caller has found one of them. */
  private static EventPosition position(StoredCheckpoint stored) {
    return stored
        .offset()
        .map(StartingPoint::atOffset)
        .orElseGet(
            () -> EventPosition.fromSequenceNumber(stored.sequenceNumber().orElseThrow(), false));
  }

  private static EventPosition atOffset(String offset) {
    return offset.equals(StoredCheckpoint.BEFORE_FIRST_OFFSET)
        ? EventPosition.earliest()
        : EventPosition.fromOffsetString(offset);
  }

  static AcknowledgedPosition acknowledged(StoredCheckpoint stored) {
    return new AcknowledgedPosition(
        stored.sequenceNumber().orElse(SequenceNumbers.UNKNOWN),
        stored.offset().orElse(""),
        stored.metadata(),
        CheckpointPosition.gapsOf(stored).orElse(""));
  }

  static CompletionStage<CommitOutcome> nothingStored() {
    return CompletableFuture.completedFuture(CommitOutcome.COMMITTED);
  }
}
