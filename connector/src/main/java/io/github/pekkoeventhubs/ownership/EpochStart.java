// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.store.FenceOutcome;
import io.github.pekkoeventhubs.store.FencedCheckpoint;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Finds where an epoch starts, and fences off all earlier owners on the way.
 *
 * @param resumption the facts about the previous epoch
 * @param doubts about the checkpoint
 */
record EpochStart(
    StreamOfGroup stream,
    String partitionId,
    ClaimRules rules,
    Resumption resumption,
    StartDoubts doubts) {

  /** The start of an epoch of a partition that nobody claims. An exception fails the stage. */
  CompletionStage<StartingPoint> unclaimed() {
    return positionGiven()
        .thenCompose(
            given ->
                StartingPoint.ofUnclaimed(stream, partitionId, given, resumption, doubts));
  }

  /**
   * The start of an epoch under a claim. An exception fails the stage.
   *
   * @return empty if the claim is gone
   */
  CompletionStage<Optional<StartingPoint>> claimed(OwnershipClaim claim) {
    return positionGiven().thenCompose(given -> fence(claim, given));
  }

  private CompletionStage<Optional<StartingPoint>> fence(
      OwnershipClaim claim, Optional<EventPosition> given) {
    PartitionStore store = stream.settings().partitionStore().orElseThrow();
    // The service is asked while the store is: most checkpoints are there, and can be used.
    CompletionStage<PartitionProperties> asked = stream.partitionProperties(partitionId);
    return FencedCheckpoint.fence(
            store,
            claim,
            () ->
                stream.checkpointAt(
                    partitionId, given.or(() -> rules.initialPosition(partitionId, stream.settings()))))
        .thenCompose(outcome -> fenced(outcome, given, asked));
  }

  private CompletionStage<Optional<StartingPoint>> fenced(
      FenceOutcome outcome,
      Optional<EventPosition> given,
      CompletionStage<PartitionProperties> asked) {
    if (!(outcome instanceof FenceOutcome.Fenced fenced)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CheckpointStart checkpoint =
        new CheckpointStart(
            stream, partitionId, fenced.checkpoint(), true, doubts, resumption.refusal());
    return StartingPoint.ofClaimed(checkpoint, given, resumption.after(), asked)
        .thenApply(Optional::of);
  }

  /** Returns the position that the user or the placement wants; empty if neither names one. */
  private CompletionStage<Optional<EventPosition>> positionGiven() {
    CompletableFuture<Optional<EventPosition>> none =
        CompletableFuture.completedFuture(Optional.empty());
    boolean isAsked = resumption.assignedAnew() || resumption.after().isEmpty();
    return isAsked
        ? none.thenCompose(nothing -> stream.positionOnAssign(partitionId))
            .thenApply(given -> given.or(() -> rules.fixedPosition(partitionId)))
        : none;
  }
}
