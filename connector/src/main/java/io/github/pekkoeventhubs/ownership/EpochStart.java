// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionOwnedException;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.ownership.GivenStart.Given;
import io.github.pekkoeventhubs.store.CheckpointWriter;
import io.github.pekkoeventhubs.store.FenceOutcome;
import io.github.pekkoeventhubs.store.FencedCheckpoint;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import io.github.pekkoeventhubs.store.UnclaimedCheckpoint;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

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

  /**
   * Finds the start of a partition that nobody claims, in this order: the position that was given,
   * the end of this stream's previous epoch, the checkpoint, the initial position. If a stream that
   * commits finds no checkpoint, it stores its start as one, as with a claim: after a restart
   * {@code latest} would be another position. An exception fails the stage.
   */
  CompletionStage<StartingPoint> unclaimed() {
    return positionGiven().thenCompose(this::unclaimed);
  }

  private CompletionStage<StartingPoint> unclaimed(Optional<GivenStart> given) {
    Optional<PartitionStore> store = stream.settings().partitionStore();
    if (store.isPresent()) {
      return unclaimed(store.get(), given);
    }
    return given.isEmpty() && resumption.after().isPresent()
        ? CompletableFuture.completedFuture(StartingPoint.after(resumption.after().get(), null))
        : givenOrInitial(given, null);
  }

  private CompletionStage<StartingPoint> unclaimed(
      PartitionStore store, Optional<GivenStart> given) {
    EventHubPartition partition = stream.partition(partitionId);
    boolean isResumed = resumption.after().isPresent();
    return refuseOwned(store, partition)
        .thenCompose(
            free ->
                stream.isCommittable() && !isResumed
                    ? UnclaimedCheckpoint.openOrCreate(
                        store,
                        partition,
                        () ->
                            stream.checkpointAt(
                                partitionId,
                                position(given).or(() -> stream.settings().initialPosition())))
                    : UnclaimedCheckpoint.open(store, partition))
        .thenCompose(
            checkpoint ->
                isResumed || checkpoint.stored().isPresent()
                    ? start(
                        given,
                        checkpoint,
                        stream.isCommittable(),
                        stream.partitionProperties(partitionId))
                    : givenOrInitial(given, checkpoint));
  }

  private CompletionStage<StartingPoint> givenOrInitial(
      Optional<GivenStart> given, @Nullable CheckpointWriter writer) {
    return given.isPresent()
        ? given.get().startingPoint(stream, partitionId, writer)
        : StartingPoint.at(stream.settings().initialPosition(), stream, partitionId, writer);
  }

  private static Optional<EventPosition> position(Optional<GivenStart> given) {
    return given.map(GivenStart::position);
  }

  private CompletionStage<Boolean> refuseOwned(PartitionStore store, EventHubPartition partition) {
    if (stream.settings().forcedPartitions()) {
      return CompletableFuture.completedFuture(true);
    }
    return store
        .readOwnership(partition)
        .thenApply(
            record -> {
              record
                  .filter(owned -> owned.isLive(stream.settings().ownership().expiry()))
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

  /**
   * The start of an epoch under a claim. An exception fails the stage.
   *
   * @return empty if the claim is gone
   */
  CompletionStage<Optional<StartingPoint>> claimed(OwnershipClaim claim) {
    return positionGiven().thenCompose(given -> fence(claim, given));
  }

  private CompletionStage<Optional<StartingPoint>> fence(
      OwnershipClaim claim, Optional<GivenStart> given) {
    PartitionStore store = stream.settings().partitionStore().orElseThrow();
    // The service is asked while the store is: most checkpoints are there, and can be used.
    CompletionStage<PartitionProperties> asked = stream.partitionProperties(partitionId);
    return FencedCheckpoint.fence(
            store,
            claim,
            () ->
                stream.checkpointAt(
                    partitionId,
                    position(given)
                        .or(() -> rules.initialPosition(partitionId, stream.settings()))))
        .thenCompose(outcome -> fenced(outcome, given, asked));
  }

  private CompletionStage<Optional<StartingPoint>> fenced(
      FenceOutcome outcome,
      Optional<GivenStart> given,
      CompletionStage<PartitionProperties> asked) {
    if (!(outcome instanceof FenceOutcome.Fenced fenced)) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    return start(given, fenced.checkpoint(), true, asked).thenApply(Optional::of);
  }

  /**
   * Finds the start of a partition with a checkpoint, in this order: the position that was given,
   * the end of this stream's previous epoch, the checkpoint.
   *
   * @param storing whether a position that is decided in place of the checkpoint is stored
   * @param asked the service's answer about the partition
   */
  private CompletionStage<StartingPoint> start(
      Optional<GivenStart> given,
      CheckpointWriter writer,
      boolean storing,
      CompletionStage<PartitionProperties> asked) {
    if (given.isPresent()) {
      return given.get().startingPoint(stream, partitionId, writer);
    }
    return resumption.after().isPresent()
        ? CompletableFuture.completedFuture(StartingPoint.after(resumption.after().get(), writer))
        : new CheckpointStart(stream, partitionId, writer, storing, doubts, resumption.refusal())
            .find(asked);
  }

  /**
   * Returns the position that the user or the placement wants, after it has been compared with the
   * partition; empty if neither names one.
   */
  private CompletionStage<Optional<GivenStart>> positionGiven() {
    CompletableFuture<Optional<GivenStart>> none =
        CompletableFuture.completedFuture(Optional.empty());
    boolean isAsked = resumption.assignedAnew() || resumption.after().isEmpty();
    return isAsked
        ? none.thenCompose(nothing -> stream.positionOnAssign(partitionId))
            .thenApply(
                position ->
                    position
                        .map(own -> new Given(own, "the position of positionsOnAssign"))
                        .or(
                            () ->
                                rules
                                    .fixedPosition(partitionId)
                                    .map(
                                        own -> new Given(own, "the position of the subscription"))))
            .thenCompose(
                given ->
                    given.isPresent()
                        ? given.get().compared(stream, partitionId, doubts).thenApply(Optional::of)
                        : none)
        : none;
  }
}
