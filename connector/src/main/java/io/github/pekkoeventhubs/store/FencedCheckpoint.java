// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static java.util.concurrent.CompletableFuture.completedStage;
import static java.util.concurrent.CompletableFuture.failedStage;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * The checkpoint of a claimed partition. No earlier owner can write it any more, and this owner
 * cannot once a later one has claimed the partition.
 *
 * <p>Every write is conditional on the checkpoint's version. We use a version only after reading
 * the checkpoint, <em>then</em> reading the ownership, and finding our token there. The safety
 * depends on that order. A successor first claims the ownership and then touches the checkpoint. If
 * our token was still there, that touch comes after our read of the checkpoint, and makes our
 * version stale. In the other order a successor could claim and touch between the two reads, and we
 * would get its new version.
 *
 * <p>A write of our own whose reply was lost looks like a foreign one; reading the record shows
 * that it covers the position. A write that is delayed beyond its timeout is refused by its
 * condition, or is applied before the successor reads.
 */
@InternalApi
public final class FencedCheckpoint extends ConditionalCheckpoint {

  private final String claimToken;
  private final OptionalLong fencingToken;

  private FencedCheckpoint(
      PartitionStore store,
      EventHubPartition partition,
      String claimToken,
      OptionalLong fencingToken,
      StoredCheckpoint stored) {
    super(store, partition, Optional.of(stored));
    this.claimToken = claimToken;
    this.fencingToken = fencingToken;
  }

  @Override
  public OptionalLong fencingToken() {
    return fencingToken;
  }

  /**
   * Fences off every earlier owner: writes the checkpoint back as it is, with a new fencing token,
   * against the version read, or creates it. After a failure call this method again, as long as the
   * claim is wanted.
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
                                ? commit(checkpoint, position)
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
          Optional.of(checkpoint),
          token ->
              store.replaceCheckpoint(
                  claim.partition(),
                  FencingTokens.with(checkpoint.entries(), token),
                  checkpoint.version()),
          rounds);
    }

    /**
     * The absence of the checkpoint is read before the ownership. It does no harm to resolve the
     * start position in between: a successor would have created the record meanwhile, and the
     * creation would be refused.
     */
    private CompletionStage<FenceOutcome> create(Map<String, String> entries, int rounds) {
      return ifHeld(
          Optional.empty(),
          token -> store.createCheckpoint(claim.partition(), FencingTokens.with(entries, token)),
          rounds);
    }

    private CompletionStage<FenceOutcome> ifHeld(
        Optional<StoredCheckpoint> checkpoint,
        Function<OptionalLong, CompletionStage<Optional<StoredCheckpoint>>> write,
        int rounds) {
      return store
          .readOwnership(claim.partition())
          .thenCompose(
              ownership -> {
                if (!CheckpointRule.isHeld(ownership, claim.claimToken())) {
                  return completedStage(new FenceOutcome.Lost(ownership));
                }
                OptionalLong token = fencingToken(checkpoint, ownership.get());
                return write
                    .apply(token)
                    .thenCompose(written -> afterWrite(written, token, rounds));
              });
    }

    private OptionalLong fencingToken(
        Optional<StoredCheckpoint> checkpoint, StoredOwnership ownership) {
      return store.isFenced()
          ? OptionalLong.of(FencingTokens.ofEpoch(checkpoint, ownership))
          : OptionalLong.empty();
    }

    private CompletionStage<FenceOutcome> afterWrite(
        Optional<StoredCheckpoint> written, OptionalLong token, int rounds) {
      if (written.isPresent()) {
        return completedStage(
            new FenceOutcome.Fenced(
                new FencedCheckpoint(
                    store, claim.partition(), claim.claimToken(), token, written.get())));
      }
      return rounds == 0
          ? failedStage(neverAccepted(store, claim.partition()))
          : attempt(rounds - 1);
    }
  }
}
