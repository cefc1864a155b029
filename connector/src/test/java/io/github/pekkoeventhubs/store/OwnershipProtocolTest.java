// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class OwnershipProtocolTest {

  private final ScriptedPartitionStore store = new ScriptedPartitionStore();
  private final AtomicInteger tokens = new AtomicInteger();
  private final OwnershipProtocol protocol =
      new OwnershipProtocol(store, () -> "token-" + tokens.incrementAndGet());

  @Test
  void aClaimCreatesTheRecordOfAPartitionThatHasNone() {
    OwnershipClaim claim = claimed("node-a");

    assertThat(claim.partition()).isEqualTo(PARTITION);
    assertThat(claim.ownerId()).isEqualTo("node-a");
    assertThat(store.ownership()).contains(claim.record());
    assertThat(claim.record().entries()).containsEntry(StoredOwnership.CLAIM_TOKEN, "token-1");
  }

  @Test
  void aClaimReplacesTheRecordThatWasSeenWithAllItsEntries() {
    store.overwriteOwnership("", Map.of("left", "over"));

    OwnershipClaim claim = claimed("node-a");

    assertThat(claim.record().entries())
        .containsOnlyKeys(StoredOwnership.CLAIM_TOKEN, StoredCheckpoint.FENCING_TOKEN)
        .containsEntry(StoredOwnership.CLAIM_TOKEN, claim.claimToken());
  }

  @Test
  void aClaimOfARecordThatHasChangedIsLostToItsNewOwner() {
    Optional<StoredOwnership> seen = store.ownership();
    store.overwriteOwnership("node-b", Map.of());

    ClaimOutcome outcome = done(protocol.claim(PARTITION, seen, "node-a"));

    assertThat(outcome).isEqualTo(new ClaimOutcome.Lost(store.ownership()));
    assertThat(store.ownership().orElseThrow().ownerId()).isEqualTo("node-b");
  }

  @Test
  void aClaimThatIsRefusedWithoutARivalIsNoLostRace() {
    store.overwriteOwnership("", Map.of());
    Optional<StoredOwnership> seen = store.ownership();
    store.next(Operation.REPLACE_OWNERSHIP, Fate.REFUSED_AS_IF_CHANGED);

    assertThatThrownBy(() -> done(protocol.claim(PARTITION, seen, "node-a")))
        .hasRootCauseInstanceOf(PartitionStoreException.class)
        .rootCause()
        .hasMessageContaining("has refused the claim of " + PARTITION)
        .hasMessageContaining("nobody else was faster")
        .isInstanceOfSatisfying(
            PartitionStoreException.class, e -> assertThat(e.isTransient()).isTrue());
  }

  @Test
  void aClaimWhoseReplyIsLostIsRecognisedByItsToken() {
    store.next(Operation.CREATE_OWNERSHIP, Fate.UNANSWERED);

    OwnershipClaim claim = claimed("node-a");

    assertThat(store.ownership()).contains(claim.record());
  }

  @Test
  void aClaimThatNeverArrivesFailsForTheReasonOfTheWrite() {
    store.next(Operation.CREATE_OWNERSHIP, Fate.DENIED);

    assertThatThrownBy(() -> claimed("node-a"))
        .rootCause()
        .hasMessageStartingWith("scripted: DENIED");
    assertThat(store.ownership()).isEmpty();
  }

  @Test
  void aClaimThatCannotBeReadBackFailsForTheReasonOfTheWrite() {
    store.next(Operation.CREATE_OWNERSHIP, Fate.UNANSWERED);
    store.next(Operation.READ_OWNERSHIP, Fate.LOST);

    assertThatThrownBy(() -> claimed("node-a"))
        .rootCause()
        .hasMessageStartingWith("scripted: no reply");
  }

  @Test
  void aRenewalKeepsTheRecordAndMakesItYoung() {
    OwnershipClaim claim = claimed("node-a");
    Instant later = Instant.parse("2026-01-01T00:01:00Z");
    store.timeIs(later);

    OwnershipClaim renewed = held(protocol.renew(claim));

    assertThat(renewed.record().entries())
        .containsAllEntriesOf(claim.record().entries())
        .hasSize(claim.record().entries().size() + 1);
    assertThat(renewed.ownerId()).isEqualTo("node-a");
    assertThat(renewed.record().lastModified()).isEqualTo(later);
    assertThat(renewed.record().version()).isNotEqualTo(claim.record().version());
    assertThat(store.requests()).endsWith(Operation.REPLACE_OWNERSHIP);
  }

  @Test
  void aClaimKeepsTheTimeAtWhichItWasMadeUntilAnotherOneReplacesIt() {
    Instant made = Instant.parse("2026-01-01T00:01:00Z");
    store.timeIs(made);
    OwnershipClaim claim = claimed("node-a");
    assertThat(claim.record().claimedSince()).hasValue(made);

    store.timeIs(made.plusSeconds(60));
    done(protocol.requestHandOver(claim.record(), "node-b"));
    store.timeIs(made.plusSeconds(120));
    OwnershipClaim renewed = held(protocol.renew(held(protocol.renew(claim))));
    assertThat(renewed.record().claimedSince()).hasValue(made);

    store.timeIs(made.plusSeconds(180));
    protocol.release(renewed).toCompletableFuture().join();
    StoredOwnership released = store.ownership().orElseThrow();
    assertThat(released.claimedSince()).isEmpty();
    OwnershipClaim next =
        held(protocol.claim(released.partition(), Optional.of(released), "node-b"));
    assertThat(next.record().claimedSince()).hasValue(made.plusSeconds(180));
  }

  @Test
  void aClaimOfAnOfficialProcessorDoesNotSaySinceWhen() {
    store.overwriteOwnership("processor", Map.of());

    assertThat(store.ownership().orElseThrow().claimedSince()).isEmpty();
    Map<String, String> damaged =
        Map.of(StoredOwnership.CLAIM_TOKEN, "x", StoredOwnership.CLAIMED_SINCE, "never");
    store.overwriteOwnership("node-a", damaged);
    assertThat(store.ownership().orElseThrow().claimedSince()).isEmpty();
  }

  @Test
  void aNeighboursRequestToHandOverIsNoLossAndIsKeptByRenewals() {
    OwnershipClaim claim = claimed("node-a");
    Optional<StoredOwnership> asked =
        done(protocol.requestHandOver(store.ownership().orElseThrow(), "node-b"));
    assertThat(asked).isPresent();

    OwnershipClaim renewed = held(protocol.renew(claim));

    assertThat(renewed.ownerId()).isEqualTo("node-a");
    assertThat(renewed.record().entries())
        .containsEntry(StoredOwnership.HAND_OVER_REQUEST, "node-b");
    assertThat(held(protocol.renew(renewed)).record().entries())
        .containsEntry(StoredOwnership.HAND_OVER_REQUEST, "node-b");
  }

  @Test
  void aRequestToHandOverIsRefusedOnceTheRecordHasChanged() {
    StoredOwnership seen = claimed("node-a").record();
    store.overwriteOwnership("node-c", Map.of());

    assertThat(done(protocol.requestHandOver(seen, "node-b"))).isEmpty();
    assertThat(store.ownership().orElseThrow().entries()).isEmpty();
  }

  @Test
  void aRenewalWhoseReplyWasLostIsNoLoss() {
    OwnershipClaim claim = claimed("node-a");
    store.next(Operation.REPLACE_OWNERSHIP, Fate.UNANSWERED);
    assertThatThrownBy(() -> held(protocol.renew(claim)))
        .hasCauseInstanceOf(PartitionStoreException.class);

    assertThat(held(protocol.renew(claim)).record()).isEqualTo(store.ownership().orElseThrow());
  }

  @Test
  void aLaterClaimOfTheSameOwnerEndsTheEarlierOne() {
    OwnershipClaim first = claimed("node-a");
    OwnershipClaim second = claimed("node-a");

    assertThat(done(protocol.renew(first))).isInstanceOf(ClaimOutcome.Lost.class);
    assertThat(done(protocol.verify(first))).isInstanceOf(ClaimOutcome.Lost.class);
    assertThat(done(protocol.release(first))).isEqualTo(ReleaseOutcome.NOT_OWNER);
    assertThat(held(protocol.verify(second)).record()).isEqualTo(second.record());
  }

  @Test
  void aDeletedRecordIsALossWithoutASuccessor() {
    OwnershipClaim claim = claimed("node-a");
    store.deleteOwnership();

    assertThat(done(protocol.renew(claim))).isEqualTo(new ClaimOutcome.Lost(Optional.empty()));
    assertThat(done(protocol.verify(claim))).isEqualTo(new ClaimOutcome.Lost(Optional.empty()));
  }

  @Test
  void aRecordThatNeverHoldsStillFailsTheRenewalForAPassingReason() {
    OwnershipClaim claim = claimed("node-a");
    store.beforeEach(
        operation -> {
          if (operation == Operation.REPLACE_OWNERSHIP) {
            store.overwriteOwnership("node-a", claim.record().entries());
          }
        });

    assertThatThrownBy(() -> held(protocol.renew(claim)))
        .hasRootCauseInstanceOf(PartitionStoreException.class)
        .rootCause()
        .matches(failure -> ((PartitionStoreException) failure).isTransient());
  }

  @Test
  void aVerificationAdoptsTheNewestVersion() {
    OwnershipClaim claim = claimed("node-a");
    protocol.requestHandOver(store.ownership().orElseThrow(), "node-b");

    OwnershipClaim verified = held(protocol.verify(claim));
    store.forgetRequests();
    held(protocol.renew(verified));

    assertThat(store.requests()).containsExactly(Operation.REPLACE_OWNERSHIP);
  }

  @Test
  void aReleaseLeavesARecordThatAnybodyMayClaim() {
    OwnershipClaim claim = claimed("node-a");

    assertThat(done(protocol.release(claim))).isEqualTo(ReleaseOutcome.RELEASED);

    StoredOwnership released = store.ownership().orElseThrow();
    assertThat(released.isReleased()).isTrue();
    assertThat(released.entries()).isEmpty();
    assertThat(done(protocol.verify(claim))).isInstanceOf(ClaimOutcome.Lost.class);
  }

  @Test
  void aReleaseWhoseReplyWasLostIsFoundDoneWhenItIsTriedAgain() {
    OwnershipClaim claim = claimed("node-a");
    store.next(Operation.REPLACE_OWNERSHIP, Fate.UNANSWERED);
    assertThatThrownBy(() -> done(protocol.release(claim)))
        .hasCauseInstanceOf(PartitionStoreException.class);

    assertThat(done(protocol.release(claim))).isEqualTo(ReleaseOutcome.RELEASED);
  }

  @Test
  void aReleaseGoesThroughAlthoughANeighbourHasAskedMeanwhile() {
    OwnershipClaim claim = claimed("node-a");
    protocol.requestHandOver(store.ownership().orElseThrow(), "node-b");

    assertThat(done(protocol.release(claim))).isEqualTo(ReleaseOutcome.RELEASED);
    StoredOwnership released = store.ownership().orElseThrow();
    assertThat(released.isReleased()).isTrue();
    assertThat(released.handOverRequester()).as("others leave it to that one").contains("node-b");
    assertThat(released.entries()).hasSize(1);
  }

  @Test
  void aRequestToHandOverCanBeErasedAndTheClaimStands() {
    OwnershipClaim claim = claimed("node-a");
    StoredOwnership asked =
        done(protocol.requestHandOver(store.ownership().orElseThrow(), "node-b")).orElseThrow();

    assertThat(done(protocol.eraseRequest(asked))).isPresent();
    assertThat(done(protocol.eraseRequest(asked))).as("of an old version").isEmpty();

    assertThat(store.ownership().orElseThrow().handOverRequester()).isEmpty();
    assertThat(held(protocol.renew(claim)).ownerId()).isEqualTo("node-a");
  }

  @Test
  void ageIsCountedByTheStoresClockAlone() {
    claimed("node-a");
    store.timeIs(Instant.parse("2026-01-01T00:02:00Z"));

    StoredOwnership read = done(store.readOwnership(PARTITION)).orElseThrow();

    assertThat(read.age()).isEqualTo(Duration.ofMinutes(2));
  }

  private OwnershipClaim claimed(String ownerId) {
    return held(protocol.claim(PARTITION, store.ownership(), ownerId));
  }

  private static OwnershipClaim held(CompletionStage<ClaimOutcome> outcome) {
    return ((ClaimOutcome.Held) done(outcome)).claim();
  }

  private static <T> T done(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }
}
