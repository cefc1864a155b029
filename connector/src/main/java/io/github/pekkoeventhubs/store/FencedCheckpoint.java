// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static java.util.concurrent.CompletableFuture.completedStage;
import static java.util.concurrent.CompletableFuture.failedStage;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * The checkpoint of a claimed partition, which no earlier owner can write any more and a later one
 * takes away.
 *
 * <p>Every write is conditional on the checkpoint's version. A version is only ever obtained by
 * reading the checkpoint, <em>then</em> reading the ownership, and finding our token there. That
 * order is what makes it sound: a successor touches the checkpoint after it has claimed the
 * ownership; if our token was still there, that touch is later than our read of the checkpoint, and
 * makes the version we hold a stale one. Read the other way round, a successor can claim and touch
 * between the two reads, and hand us its own fresh version.
 *
 * <p>An own write whose reply was lost looks like a foreign one; reading it back shows a record
 * that covers the position. A write that is delayed beyond its timeout dies of its condition, or
 * lands before the successor reads.
 */
@InternalApi
public final class FencedCheckpoint extends ConditionalCheckpoint {

  private final String claimToken;

  private FencedCheckpoint(
      PartitionStore store,
      EventHubPartition partition,
      String claimToken,
      StoredCheckpoint stored) {
    super(store, partition, Optional.of(stored));
    this.claimToken = claimToken;
  }

  /**
   * Fences off every earlier owner: writes the checkpoint back as it is, against the version read,
   * or creates it. After a failure call it again, for as long as the claim is wanted.
   *
   * @param startPosition the entries of a partition without a checkpoint: the resolved position,
   *     exclusive. Asked for only then
   */
  public static CompletionStage<FenceOutcome> fence(
      PartitionStore store,
      OwnershipClaim claim,
      Supplier<? extends CompletionStage<Map<String, String>>> startPosition) {
    return new Fence(store, claim, startPosition).attempt(MAX_ROUNDS);
  }

  @Override
  CompletionStage<CheckpointStep> afterRefusal(CheckpointPosition position) {
    return store
        .readCheckpoint(partition)
        .thenCompose(
            checkpoint ->
                store
                    .readOwnership(partition)
                    .thenApply(
                        ownership ->
                            CheckpointRule.isHeld(ownership, claimToken)
                                ? CheckpointRule.commit(checkpoint, position)
                                : new CheckpointStep.GiveUp()));
  }

  /** One fencing: the touch of a checkpoint by a new claim. */
  private record Fence(
      PartitionStore store,
      OwnershipClaim claim,
      Supplier<? extends CompletionStage<Map<String, String>>> startPosition) {

    CompletionStage<FenceOutcome> attempt(int rounds) {
      return Stages.starting(() -> store.readCheckpoint(claim.partition()))
          .thenCompose(
              checkpoint ->
                  checkpoint.isPresent()
                      ? touch(checkpoint.get(), rounds)
                      : startPosition.get().thenCompose(entries -> create(entries, rounds)));
    }

    private CompletionStage<FenceOutcome> touch(StoredCheckpoint checkpoint, int rounds) {
      return ifHeld(
          () ->
              store.replaceCheckpoint(
                  claim.partition(), checkpoint.entries(), checkpoint.version()),
          rounds);
    }

    /**
     * The absence was read before the ownership is; resolving the start position in between takes
     * nothing from that, since a successor would have created the record in the meantime.
     */
    private CompletionStage<FenceOutcome> create(Map<String, String> entries, int rounds) {
      return ifHeld(() -> store.createCheckpoint(claim.partition(), entries), rounds);
    }

    private CompletionStage<FenceOutcome> ifHeld(
        Supplier<CompletionStage<Optional<StoredCheckpoint>>> write, int rounds) {
      return store
          .readOwnership(claim.partition())
          .thenCompose(
              ownership ->
                  CheckpointRule.isHeld(ownership, claim.claimToken())
                      ? write.get().thenCompose(written -> afterWrite(written, rounds))
                      : completedStage(new FenceOutcome.Lost(ownership)));
    }

    private CompletionStage<FenceOutcome> afterWrite(
        Optional<StoredCheckpoint> written, int rounds) {
      if (written.isPresent()) {
        return completedStage(
            new FenceOutcome.Fenced(
                new FencedCheckpoint(store, claim.partition(), claim.claimToken(), written.get())));
      }
      return rounds == 0
          ? failedStage(neverAccepted(store, claim.partition()))
          : attempt(rounds - 1);
    }
  }
}
