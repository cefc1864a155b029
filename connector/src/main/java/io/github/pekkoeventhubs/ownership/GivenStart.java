// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.ContinuitySettings.OnMissedEvents;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.InvalidCheckpoint.Reason;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.continuity.CheckpointRange;
import io.github.pekkoeventhubs.continuity.ContinuityFailures;
import io.github.pekkoeventhubs.continuity.MissedEvents.Hole;
import io.github.pekkoeventhubs.continuity.PartitionRange;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A start that the application has given, after it has been compared with the events that the
 * partition has, as a checkpoint is.
 *
 * @param position where to start
 * @param missed the events after it that the partition no longer has
 * @param evidence why another position was given, which cannot be used; empty if it is this one
 */
record GivenStart(EventPosition position, Optional<Hole> missed, Optional<String> evidence) {

  /** A position, and who has given it. */
  record Given(EventPosition position, String giver) {

    /**
     * Compares the position with the partition. A position that is no sequence number is taken as
     * it is, since the service finds it or refuses it.
     */
    CompletionStage<GivenStart> compared(
        StreamOfGroup stream, String partitionId, StartDoubts doubts) {
      Long number = position.getSequenceNumber();
      if (number == null) {
        return CompletableFuture.completedFuture(asItIs());
      }
      long after = Math.max(position.isInclusive() ? number - 1 : number, -1);
      return stream
          .partitionProperties(partitionId)
          .thenCompose(properties -> judged(after, properties, stream, partitionId, doubts));
    }

    private GivenStart asItIs() {
      return new GivenStart(position, Optional.empty(), Optional.empty());
    }

    private CompletionStage<GivenStart> judged(
        long after,
        PartitionProperties properties,
        StreamOfGroup stream,
        String partitionId,
        StartDoubts doubts) {
      EventHubPartition partition = stream.partition(partitionId);
      ContinuitySettings settings = stream.settings().continuity();
      PartitionRange range = PartitionRange.of(properties);
      CheckpointRange.Answer answer = CheckpointRange.judge(after, "", range);
      if (answer != CheckpointRange.Answer.BEYOND_END) {
        doubts.end();
      }
      String start = giver + " starts after sequence number " + after + ", and the partition ";
      return switch (answer) {
        case WITHIN, ANOTHER_LOG -> CompletableFuture.completedFuture(asItIs());
        case BEYOND_END -> {
          String evidence =
              start + "ends at " + ContinuityFailures.position(range.last(), range.lastOffset());
          yield doubts.confirmOnce()
              ? decided(partition, settings, after, Reason.BEYOND_END, evidence, properties)
              : CompletableFuture.failedFuture(StartDoubts.askAgain(partition, evidence));
        }
        case BEFORE_BEGINNING ->
            settings.missedEvents() == OnMissedEvents.FAIL
                ? decided(
                    partition,
                    settings,
                    after,
                    Reason.BEFORE_BEGINNING,
                    start + "begins at sequence number " + range.first(),
                    properties)
                : CompletableFuture.completedFuture(
                    new GivenStart(
                        position,
                        Optional.of(Hole.between(after + 1, range.first() - 1)),
                        Optional.empty()));
      };
    }

    private CompletionStage<GivenStart> decided(
        EventHubPartition partition,
        ContinuitySettings settings,
        long after,
        Reason reason,
        String evidence,
        PartitionProperties properties) {
      return new InvalidStart(
              partition,
              settings,
              new StoredCheckpoint(StoredCheckpoint.entriesOf(after, ""), ""),
              reason,
              evidence,
              ContinuityFailures.invalidPosition(partition, reason, evidence, settings))
          .decide(CompletableFuture.completedFuture(properties))
          .thenApply(other -> new GivenStart(other, Optional.empty(), Optional.of(evidence)));
    }
  }

  /** The start of an epoch there. */
  CompletionStage<StartingPoint> startingPoint(
      StreamOfGroup stream, String partitionId, @Nullable CheckpointWriter writer) {
    return StartingPoint.at(Optional.of(position), stream, partitionId, writer)
        .thenApply(
            start -> {
              evidence.ifPresent(
                  why ->
                      OwnerLog.of(stream.partition(partitionId))
                          .invalidCheckpoint(why, stream.settings().continuity(), start));
              return missed.map(start::missing).orElse(start);
            });
  }
}
