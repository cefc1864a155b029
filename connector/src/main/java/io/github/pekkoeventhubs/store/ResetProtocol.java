// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static java.util.concurrent.CompletableFuture.completedStage;

import io.github.pekkoeventhubs.PartitionReset;
import io.github.pekkoeventhubs.PartitionReset.Outcome;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * Moves checkpoints where an operator wants them, backwards too. A reset behaves like one more
 * owner: it claims the partition, writes the checkpoint against the version it has read while the
 * claim stands, and releases the partition. So it is fenced like every owner, and fences the
 * others:
 *
 * <ul>
 *   <li>An owner that claims at the same time loses the race for the ownership record, or wins it;
 *       then nothing is written here.
 *   <li>A forced reset takes the claim of a live owner away. The owner's later commits are answered
 *       as dropped, so that none of them can write over the reset. An official processor cannot be
 *       fenced: it may store once more before it notices that it has lost the partition.
 *   <li>A commit that comes between the plan and the claim has changed the checkpoint's version.
 *       The reset is refused then, unless it is forced.
 * </ul>
 *
 * <p>A release that the store refuses for a passing reason is tried again for 15 s. If that does
 * not help, or the process dies between the claim and the release, the partition stays claimed
 * until the claim expires. Thread-safe; stages complete on the store's threads and never fail.
 */
@InternalApi
public final class ResetProtocol {

  /** An operator waits for no longer than that for a store that refuses the release. */
  private static final Duration LONGEST_RELEASE = Duration.ofSeconds(15);

  private final PartitionStore store;
  private final OwnershipProtocol ownerships;
  private final ClaimRelease releases;
  private final Duration expiry;
  private final String ownerId;

  /**
   * Writes nothing by itself.
   *
   * @param expiry the age at which the claim of an owner counts for nothing
   * @param ownerId how the claims of this reset are signed
   */
  public ResetProtocol(PartitionStore store, Duration expiry, String ownerId) {
    this(store, new RepeatedWrite(WriteRetry.during(LONGEST_RELEASE)), expiry, ownerId);
  }

  ResetProtocol(PartitionStore store, RepeatedWrite writes, Duration expiry, String ownerId) {
    this.store = store;
    this.ownerships = new OwnershipProtocol(store);
    this.releases = new ClaimRelease(ownerships, writes, RepeatedWrite.UNOBSERVED);
    this.expiry = expiry;
    this.ownerId = ownerId;
  }

  /** The id of the owner, if the record is of a claim that has not expired. */
  public static Optional<String> liveOwner(Optional<StoredOwnership> record, Duration expiry) {
    return record.filter(owned -> owned.isLive(expiry)).map(StoredOwnership::ownerId);
  }

  /**
   * Performs what is planned for a partition. A reset that needs no write, or was performed before,
   * is returned as it is.
   *
   * @param forced whether the claim of a live owner is taken away, and a checkpoint that has
   *     changed since the plan is replaced all the same
   */
  public CompletionStage<PartitionReset> perform(PartitionReset planned, boolean forced) {
    if (planned.outcome() != Outcome.PLANNED) {
      return completedStage(planned);
    }
    return orFailed(planned, () -> claim(planned, forced, ConditionalCheckpoint.MAX_ROUNDS));
  }

  private CompletionStage<PartitionReset> claim(
      PartitionReset planned, boolean forced, int rounds) {
    return store
        .readOwnership(planned.partition())
        .thenCompose(
            record -> {
              Optional<String> owner = liveOwner(record, expiry);
              PartitionReset found = planned.withOwner(owner);
              return owner.isPresent() && !forced
                  ? completedStage(owned(found, owner.get()))
                  : ownerships
                      .claim(planned.partition(), record, ownerId)
                      .thenCompose(outcome -> claimed(outcome, found, forced, rounds));
            });
  }

  private CompletionStage<PartitionReset> claimed(
      ClaimOutcome outcome, PartitionReset planned, boolean forced, int rounds) {
    if (outcome instanceof ClaimOutcome.Held held) {
      return orFailed(planned, () -> write(planned, held.claim(), forced, rounds))
          .thenCompose(result -> release(result, held.claim()));
    }
    // The record has changed since it was read: a renewal, a release, or another claim.
    return rounds == 0
        ? completedStage(owned(planned, "somebody who keeps writing the ownership record"))
        : claim(planned, forced, rounds - 1);
  }

  private static PartitionReset owned(PartitionReset planned, String owner) {
    return planned.with(
        Outcome.OWNED, Optional.of("owned by '" + owner + "': stop that consumer, or force it"));
  }

  /** The order of the two reads is that of {@link FencedCheckpoint}, for the same reason. */
  private CompletionStage<PartitionReset> write(
      PartitionReset planned, OwnershipClaim claim, boolean forced, int rounds) {
    return store
        .readCheckpoint(planned.partition())
        .thenCompose(
            current ->
                forced || sameVersion(current, planned.before())
                    ? ownerships
                        .verify(claim)
                        .thenCompose(
                            verified ->
                                verified instanceof ClaimOutcome.Held
                                    ? writeOver(planned.withBefore(current), claim, forced, rounds)
                                    : completedStage(
                                        owned(planned, "somebody who has claimed it just now")))
                    : completedStage(changed(planned)));
  }

  private CompletionStage<PartitionReset> writeOver(
      PartitionReset planned, OwnershipClaim claim, boolean forced, int rounds) {
    return write(planned)
        .thenCompose(
            written -> {
              if (written) {
                return completedStage(planned.with(Outcome.WRITTEN, Optional.empty()));
              }
              return forced && rounds > 0
                  ? write(planned, claim, true, rounds - 1)
                  : completedStage(changed(planned));
            });
  }

  /** Whether it was written. A write that failed may have been applied; reading back shows it. */
  private CompletionStage<Boolean> write(PartitionReset planned) {
    Optional<StoredCheckpoint> current = planned.before();
    Map<String, String> position =
        planned.offset().isEmpty()
            ? Map.of(StoredCheckpoint.SEQUENCE_NUMBER, Long.toString(planned.sequenceNumber()))
            : StoredCheckpoint.entriesOf(planned.sequenceNumber(), planned.offset());
    Map<String, String> entries =
        current.map(replaced -> replaced.keepFencingToken(position)).orElse(position);
    return Stages.recovering(
        Stages.starting(
                () ->
                    current.isPresent()
                        ? store.replaceCheckpoint(
                            planned.partition(), entries, current.get().version())
                        : store.createCheckpoint(planned.partition(), entries))
            .thenApply(Optional::isPresent),
        failure ->
            store
                .readCheckpoint(planned.partition())
                .thenCompose(
                    found ->
                        found.isPresent()
                                && found.get().entries().equals(entries)
                                && !sameVersion(found, current)
                            ? completedStage(true)
                            : CompletableFuture.failedStage(failure)));
  }

  private CompletionStage<PartitionReset> release(PartitionReset result, OwnershipClaim claim) {
    return Stages.recovering(
        releases.release(claim).thenApply(released -> result),
        failure ->
            completedStage(
                result.with(
                    result.outcome(),
                    Optional.of(
                        result.problem().map(problem -> problem + "; ").orElse("")
                            + "the claim of the reset could not be released and stays until it"
                            + " expires: "
                            + message(failure)))));
  }

  private CompletionStage<PartitionReset> orFailed(
      PartitionReset planned, Supplier<CompletionStage<PartitionReset>> attempt) {
    return Stages.recovering(
        Stages.starting(attempt),
        failure -> completedStage(planned.with(Outcome.FAILED, Optional.of(message(failure)))));
  }

  private static PartitionReset changed(PartitionReset planned) {
    return planned.with(
        Outcome.CHANGED,
        Optional.of("somebody has written the checkpoint since the plan was made: plan again"));
  }

  private static boolean sameVersion(
      Optional<StoredCheckpoint> one, Optional<StoredCheckpoint> other) {
    return one.map(StoredCheckpoint::version).equals(other.map(StoredCheckpoint::version));
  }

  private static String message(Throwable failure) {
    return StageFailure.messageOf(StageFailure.causeOf(failure));
  }
}
