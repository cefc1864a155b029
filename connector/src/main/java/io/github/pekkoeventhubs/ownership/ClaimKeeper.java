// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.life.Loss;
import io.github.pekkoeventhubs.life.Trouble;
import io.github.pekkoeventhubs.store.ClaimOutcome;
import io.github.pekkoeventhubs.store.ClaimRelease;
import io.github.pekkoeventhubs.store.OwnershipClaim;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One claim, from the look-up to the release or the loss. Sends the life's requests to the store,
 * and keeps the results. For the owner's thread alone.
 *
 * <p>Answers come through the owner's mailbox. The owner passes an answer that still counts to the
 * method of the same name, which returns the input for the life.
 */
final class ClaimKeeper {

  private final OwnerResources resources;
  private final EventHubPartition partition;
  private final ConsumerSettings settings;
  private final OwnershipProtocol protocol;
  private final LivePartitionStatus status;
  private final ClaimRelease releases;
  private final ClaimTrust trust = new ClaimTrust();

  private Optional<StoredOwnership> seen = Optional.empty();
  private @Nullable OwnershipClaim claim;

  ClaimKeeper(OwnerResources resources, StreamOfGroup stream) {
    this.resources = resources;
    this.partition = stream.partition(resources.partitionId());
    this.settings = stream.settings();
    this.status = stream.status(resources.partitionId());
    this.protocol = new OwnershipProtocol(settings.partitionStore().orElseThrow());
    this.releases =
        new ClaimRelease(
            protocol,
            settings.ownership().expiry(),
            new ReleaseReport(OwnerLog.of(partition), resources.pendingReleases()));
  }

  void lookUp(long operation) {
    resources
        .mailbox()
        .tellWhenKnown(
            resources.rules().ready().thenCompose(ready -> protocol.lookUp(partition)),
            record -> new OwnerCommand.LookedUp(operation, record),
            error -> new LifeInput.LookUpFailed(operation, error));
  }

  LifeInput lookedUp(OwnerCommand.LookedUp answer) {
    seen = answer.record();
    status.works(Trouble.CLAIM);
    if (resources.rules().mayClaim(seen, settings)) {
      return new LifeInput.MayClaim(answer.operation());
    }
    status.claimedBy(ownerOf(seen));
    return new LifeInput.OwnedByAnother(answer.operation());
  }

  void claim(long operation) {
    long sentAt = resources.nanoTime().getAsLong();
    CompletionStage<ClaimOutcome> answer =
        protocol.claim(partition, seen, resources.rules().ownerId(), resources.rules().signature());
    resources.unansweredClaims().sent(operation, releases, answer);
    resources
        .mailbox()
        .tellWhenKnown(
            answer,
            outcome -> new OwnerCommand.ClaimAnswered(operation, sentAt, releases, outcome),
            error -> new LifeInput.ClaimFailed(operation, error));
  }

  LifeInput claimed(OwnerCommand.ClaimAnswered answer) {
    if (answer.outcome() instanceof ClaimOutcome.Held held) {
      adopt(held.claim(), answer.sentAt());
      return new LifeInput.Claimed(answer.operation());
    }
    status.claimedBy(ownerAfter(answer.outcome()));
    return new LifeInput.ClaimRefused(answer.operation());
  }

  void verify(long operation) {
    resources
        .mailbox()
        .tellWhenKnown(
            protocol.verify(held()),
            outcome -> new OwnerCommand.VerifyAnswered(operation, outcome),
            error -> new LifeInput.VerifyFailed(operation, error));
  }

  LifeInput verified(OwnerCommand.VerifyAnswered answer) {
    if (answer.outcome() instanceof ClaimOutcome.Held held) {
      claim = held.claim();
      return new LifeInput.Verified(answer.operation());
    }
    return new LifeInput.VerifyLost(answer.operation(), takenBy(answer.outcome()));
  }

  void renew(long operation) {
    long sentAt = resources.nanoTime().getAsLong();
    resources
        .mailbox()
        .tellWhenKnown(
            protocol.renew(held(), resources.rules().signature()),
            outcome -> new OwnerCommand.RenewalAnswered(operation, sentAt, outcome),
            error -> new LifeInput.RenewalFailed(operation, error));
  }

  LifeInput renewed(OwnerCommand.RenewalAnswered answer) {
    if (answer.outcome() instanceof ClaimOutcome.Held held) {
      adopt(held.claim(), answer.sentAt());
      return new LifeInput.Renewed(answer.operation());
    }
    return new LifeInput.RenewalLost(answer.operation(), takenBy(answer.outcome()));
  }

  /** Gives the claim up, and tells the life when that is done or has failed for good. */
  void release(long operation) {
    releases
        .release(held())
        .whenComplete(
            (outcome, error) -> resources.mailbox().tell(new LifeInput.Released(operation)));
  }

  /**
   * Gives up a claim whose time is over by the clock of this process, if the store still has it.
   * Where the store does not answer, others wait until the claim has expired there, too.
   */
  void giveBack() {
    releases.release(held());
  }

  /** The record that was looked up; empty if there is none. */
  Optional<StoredOwnership> seen() {
    return seen;
  }

  /** The claim in its newest version. */
  OwnershipClaim held() {
    return Objects.requireNonNull(claim, "claim");
  }

  /** Whether a neighbour asks for the partition, as of the last write. */
  boolean isHandOverRequested() {
    return claim != null && claim.record().handOverRequester().isPresent();
  }

  /** Decides whether and until when events may be emitted under the claim. */
  ClaimTrust trust() {
    return trust;
  }

  private void adopt(OwnershipClaim held, long sentAt) {
    claim = held;
    trust.written(sentAt, settings.ownership().validity());
  }

  private Loss takenBy(ClaimOutcome outcome) {
    String owner = ownerAfter(outcome);
    status.claimedBy(owner);
    return owner.isEmpty() ? Loss.REMOVED : Loss.claimedBy(owner);
  }

  private static String ownerAfter(ClaimOutcome outcome) {
    return outcome instanceof ClaimOutcome.Lost lost ? ownerOf(lost.current()) : "";
  }

  private static String ownerOf(Optional<StoredOwnership> record) {
    return record.map(StoredOwnership::ownerId).orElse("");
  }
}
