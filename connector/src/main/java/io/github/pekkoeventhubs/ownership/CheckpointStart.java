// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnMissedEvents;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.InvalidCheckpoint.Reason;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.continuity.CheckpointRange;
import io.github.pekkoeventhubs.continuity.ContinuityFailures;
import io.github.pekkoeventhubs.continuity.MissedEvents.Hole;
import io.github.pekkoeventhubs.continuity.PartitionRange;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import io.github.pekkoeventhubs.threads.TimeLimits;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Finds the start of an epoch in the checkpoint, after the checkpoint has been compared with the
 * events that the partition has. If it cannot be used, {@code continuity.on-invalid-checkpoint}
 * decides.
 *
 * @param writer of the checkpoint, which is there
 * @param storing whether a position that is decided here is stored, or only read from
 * @param doubts about a checkpoint beyond the end
 * @param refusal why an earlier epoch could not read from this checkpoint
 */
record CheckpointStart(
    StreamOfGroup stream,
    String partitionId,
    CheckpointWriter writer,
    boolean storing,
    StartDoubts doubts,
    Optional<Resumption.Refusal> refusal) {

  /** A claim waits for this time at most for the service's answer about its partition. */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  private EventHubPartition partition() {
    return stream.partition(partitionId);
  }

  private ContinuitySettings settings() {
    return stream.settings().continuity();
  }

  /**
   * Finds it.
   *
   * @param asked the service's answer about the partition. If it has none within {@link #PATIENCE},
   *     the checkpoint is taken as it is: the events that arrive are compared with it, too, and so
   *     are the answers of the stall check
   */
  CompletionStage<StartingPoint> find(CompletionStage<PartitionProperties> asked) {
    StoredCheckpoint stored =
        writer
            .stored()
            .orElseThrow(() -> new IllegalStateException("no checkpoint of " + partition()));
    if (refusal.isPresent()) {
      return invalid(stored, refusal.get().reason(), refusal.get().evidence(), asked);
    }
    Optional<String> fault = unreadable(stored);
    if (fault.isPresent()) {
      return invalid(stored, Reason.UNREADABLE, fault.get(), asked);
    }
    return answer(asked)
        .thenCompose(
            known ->
                known.isPresent()
                    ? judged(stored, known.get())
                    : CompletableFuture.completedFuture(StartingPoint.stored(stored, writer)));
  }

  /** The answer of the service; empty, after a line in the log, if there is none in time. */
  private CompletionStage<Optional<PartitionProperties>> answer(
      CompletionStage<PartitionProperties> asked) {
    CompletableFuture<PartitionProperties> limited =
        asked.thenApply(Function.identity()).toCompletableFuture();
    return TimeLimits.failing(limited, PATIENCE)
        .handle(
            (properties, error) -> {
              if (error != null) {
                OwnerLog.of(partition()).startIsNotCompared(PATIENCE, error);
              }
              return Optional.ofNullable(properties);
            });
  }

  private static Optional<String> unreadable(StoredCheckpoint stored) {
    try {
      return stored.sequenceNumber().isEmpty() && stored.offset().isEmpty()
          ? Optional.of(
              "its checkpoint"
                  + (stored.place().isEmpty() ? "" : " in " + stored.place())
                  + " has neither '"
                  + StoredCheckpoint.OFFSET
                  + "' nor '"
                  + StoredCheckpoint.SEQUENCE_NUMBER
                  + "'")
          : Optional.empty();
    } catch (CheckpointUnreadableException e) {
      return Optional.of(e.reason());
    }
  }

  private CompletionStage<StartingPoint> judged(
      StoredCheckpoint stored, PartitionProperties properties) {
    PartitionRange range = PartitionRange.of(properties);
    AcknowledgedPosition at = StartingPoint.acknowledged(stored);
    CheckpointRange.Answer answer = CheckpointRange.judge(at.sequenceNumber(), at.offset(), range);
    if (answer != CheckpointRange.Answer.BEYOND_END) {
      doubts.end();
    }
    CompletionStage<PartitionProperties> known = CompletableFuture.completedFuture(properties);
    return switch (answer) {
      case WITHIN -> CompletableFuture.completedFuture(StartingPoint.stored(stored, writer));
      case BEYOND_END -> {
        String evidence = evidence(at, "ends at " + end(range));
        yield doubts.confirmOnce()
            ? invalid(stored, Reason.BEYOND_END, evidence, known)
            : CompletableFuture.failedFuture(StartDoubts.askAgain(partition(), evidence));
      }
      case ANOTHER_LOG ->
          invalid(stored, Reason.ANOTHER_EVENT_HUB, evidence(at, "has there " + end(range)), known);
      case BEFORE_BEGINNING ->
          settings().missedEvents() == OnMissedEvents.FAIL
              ? invalid(
                  stored,
                  Reason.BEFORE_BEGINNING,
                  evidence(at, "begins at sequence number " + range.first()),
                  known)
              : CompletableFuture.completedFuture(
                  StartingPoint.stored(stored, writer)
                      .missing(Hole.between(at.sequenceNumber() + 1, range.first() - 1)));
    };
  }

  private static String evidence(AcknowledgedPosition at, String actual) {
    return "its checkpoint is at "
        + ContinuityFailures.position(at.sequenceNumber(), at.offset())
        + ", and the partition "
        + actual;
  }

  private static String end(PartitionRange range) {
    return ContinuityFailures.position(range.last(), range.lastOffset());
  }

  private CompletionStage<StartingPoint> invalid(
      StoredCheckpoint stored,
      Reason reason,
      String evidence,
      CompletionStage<PartitionProperties> asked) {
    EventHubsException failure =
        ContinuityFailures.invalidCheckpoint(partition(), reason, evidence, settings(), null);
    return new InvalidStart(partition(), settings(), stored, reason, evidence, failure)
        .decide(asked)
        .thenCompose(position -> readOn(position, evidence));
  }

  private CompletionStage<StartingPoint> readOn(EventPosition position, String evidence) {
    return stream
        .checkpointAt(partitionId, Optional.of(position))
        .thenCompose(this::stored)
        .thenApply(
            checkpoint -> {
              StartingPoint start = StartingPoint.decided(checkpoint, writer);
              OwnerLog.of(partition()).invalidCheckpoint(evidence, settings(), start);
              return start;
            });
  }

  private CompletionStage<StoredCheckpoint> stored(Map<String, String> entries) {
    if (!storing) {
      return CompletableFuture.completedFuture(new StoredCheckpoint(entries, ""));
    }
    return writer
        .replace(entries)
        .thenApply(
            written ->
                written.orElseThrow(
                    () ->
                        new PartitionStoreException(
                            "the checkpoint of "
                                + partition()
                                + " changed while it was being replaced",
                            null,
                            true)));
  }
}
