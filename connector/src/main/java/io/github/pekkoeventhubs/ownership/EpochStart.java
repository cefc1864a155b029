// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

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
 */
record EpochStart(
    StreamOfGroup stream, String partitionId, ClaimRules rules, Resumption resumption) {

  /** The start of an epoch of a partition that nobody claims. An exception fails the stage. */
  CompletionStage<StartingPoint> unclaimed() {
    return positionGiven()
        .thenCompose(
            given -> StartingPoint.ofUnclaimed(stream, partitionId, given, resumption.after()));
  }

  /**
   * The start of an epoch under a claim. An exception fails the stage.
   *
   * @return empty if the claim is gone
   */
  CompletionStage<Optional<StartingPoint>> claimed(OwnershipClaim claim) {
    PartitionStore store = stream.settings().partitionStore().orElseThrow();
    return positionGiven()
        .thenCompose(
            given ->
                FencedCheckpoint.fence(
                        store,
                        claim,
                        () ->
                            stream.checkpointAt(
                                partitionId, given.or(() -> stream.settings().initialPosition())))
                    .thenCompose(outcome -> fenced(outcome, given)));
  }

  private CompletionStage<Optional<StartingPoint>> fenced(
      FenceOutcome outcome, Optional<EventPosition> given) {
    return outcome instanceof FenceOutcome.Fenced fenced
        ? StartingPoint.ofClaimed(
                stream, partitionId, fenced.checkpoint(), given, resumption.after())
            .thenApply(Optional::of)
        : CompletableFuture.completedFuture(Optional.empty());
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
