// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.PartitionReset;
import io.github.pekkoeventhubs.PartitionReset.Outcome;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ResetProtocolTest {

  private static final Duration EXPIRY = Duration.ofMinutes(2);

  private final ScriptedPartitionStore store = new ScriptedPartitionStore();
  private final ResetProtocol protocol =
      new ResetProtocol(
          store,
          new RepeatedWrite(
              WriteRetry.during(Duration.ofSeconds(1)), (delay, attempt) -> attempt.run(), () -> 1),
          EXPIRY,
          "reset");

  @BeforeEach
  void aCheckpointAtOneHundred() {
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(100, "offset-100"));
  }

  private PartitionReset plannedTo(long sequenceNumber) {
    return new PartitionReset(
        PARTITION,
        store.checkpoint(),
        sequenceNumber,
        "offset-" + sequenceNumber,
        Optional.empty(),
        Outcome.PLANNED,
        Optional.empty());
  }

  private PartitionReset reset(PartitionReset planned) {
    return done(protocol.perform(planned, false));
  }

  private PartitionReset forced(PartitionReset planned) {
    return done(protocol.perform(planned, true));
  }

  private long stored() {
    return store.checkpoint().orElseThrow().sequenceNumber().orElseThrow();
  }

  private CheckpointWriter anOwner() {
    ClaimOutcome claimed =
        done(new OwnershipProtocol(store).claim(PARTITION, store.ownership(), "node-a"));
    FenceOutcome fenced =
        done(
            FencedCheckpoint.fence(
                store,
                ((ClaimOutcome.Held) claimed).claim(),
                () -> {
                  throw new AssertionError("there is a checkpoint");
                }));
    return ((FenceOutcome.Fenced) fenced).checkpoint();
  }

  private static WriteOutcome commit(CheckpointWriter owner, long sequenceNumber) {
    return done(owner.write(CheckpointPosition.of(sequenceNumber, "offset-" + sequenceNumber)));
  }

  @Test
  void aCheckpointIsMovedBackwardsAndThePartitionIsFreeAfterwards() {
    PartitionReset result = reset(plannedTo(7));

    assertThat(result.outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(result.before().orElseThrow().sequenceNumber()).hasValue(100);
    assertThat(store.checkpoint().orElseThrow().entries())
        .isEqualTo(StoredCheckpoint.entriesOf(7, "offset-7"));
    assertThat(store.ownership().map(StoredOwnership::isReleased)).contains(true);
  }

  @Test
  void aPartitionWithoutACheckpointGetsOne() {
    store.deleteCheckpoint();

    assertThat(reset(plannedTo(7)).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(stored()).isEqualTo(7);
  }

  @Test
  void whatBelongsToTheOldPositionIsRemovedWithIt() {
    store.overwriteCheckpoint(
        new CheckpointPosition(100, "offset-100", Map.of("mine", "old"), "gaps", 1).entries());

    reset(plannedTo(7));

    assertThat(store.checkpoint().orElseThrow().entries())
        .containsOnlyKeys(StoredCheckpoint.SEQUENCE_NUMBER, StoredCheckpoint.OFFSET);
  }

  @Test
  void nothingIsWrittenWhileSomebodyOwnsThePartition() {
    anOwner();
    int before = store.checkpointWrites().size();

    PartitionReset result = reset(plannedTo(7));

    assertThat(result.outcome()).isEqualTo(Outcome.OWNED);
    assertThat(result.owner()).contains("node-a");
    assertThat(result.problem()).hasValueSatisfying(text -> assertThat(text).contains("node-a"));
    assertThat(store.checkpointWrites()).hasSize(before);
    assertThat(store.ownership().orElseThrow().ownerId()).isEqualTo("node-a");
  }

  @Test
  void anOwnerWhoseClaimHasExpiredIsInNobodysWay() {
    CheckpointWriter paused = anOwner();
    store.timeIs(Instant.parse("2026-01-01T00:00:00Z").plus(EXPIRY));

    assertThat(reset(plannedTo(7)).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(commit(paused, 101)).isEqualTo(WriteOutcome.LOST);
    assertThat(stored()).isEqualTo(7);
  }

  @Test
  void anOwnerThatClaimsAtTheSameTimeKeepsThePartition() {
    store.beforeFirst(
        Operation.CREATE_OWNERSHIP, () -> store.overwriteOwnership("node-b", Map.of()));

    PartitionReset result = reset(plannedTo(7));

    assertThat(result.outcome()).isEqualTo(Outcome.OWNED);
    assertThat(result.owner()).contains("node-b");
    assertThat(stored()).isEqualTo(100);
    assertThat(store.ownership().orElseThrow().ownerId()).isEqualTo("node-b");
  }

  @Test
  void anOwnerThatTakesThePartitionFromTheResetKeepsIt() {
    store.beforeFirst(
        Operation.READ_CHECKPOINT, () -> store.overwriteOwnership("node-b", Map.of()));

    assertThat(reset(plannedTo(7)).outcome()).isEqualTo(Outcome.OWNED);
    assertThat(stored()).isEqualTo(100);
    assertThat(store.ownership().orElseThrow().ownerId()).isEqualTo("node-b");
  }

  @Test
  void aCommitSinceThePlanIsNotOverwritten() {
    PartitionReset planned = plannedTo(7);
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(101, "offset-101"));

    assertThat(reset(planned).outcome()).isEqualTo(Outcome.CHANGED);
    assertThat(stored()).isEqualTo(101);
    assertThat(store.ownership().map(StoredOwnership::isReleased)).contains(true);
  }

  @Test
  void aCommitBetweenReadingAndWritingIsNotOverwritten() {
    PartitionReset planned = plannedTo(7);
    store.beforeFirst(
        Operation.REPLACE_CHECKPOINT,
        () -> store.overwriteCheckpoint(StoredCheckpoint.entriesOf(101, "offset-101")));

    assertThat(reset(planned).outcome()).isEqualTo(Outcome.CHANGED);
    assertThat(stored()).isEqualTo(101);
  }

  @Test
  void aForcedResetTakesThePartitionFromItsOwnerWhoseCommitsAreThenDropped() {
    CheckpointWriter owner = anOwner();
    commit(owner, 110);

    PartitionReset result = forced(plannedTo(7));

    assertThat(result.outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(result.owner()).contains("node-a");
    assertThat(commit(owner, 111)).isEqualTo(WriteOutcome.LOST);
    assertThat(stored()).isEqualTo(7);
  }

  @Test
  void aForcedResetWinsAgainstAnOwnersCommitBetweenReadingAndWriting() {
    CheckpointWriter owner = anOwner();
    PartitionReset planned = plannedTo(7);
    store.beforeFirst(
        Operation.REPLACE_CHECKPOINT,
        () -> assertThat(commit(owner, 120)).isEqualTo(WriteOutcome.WRITTEN));

    PartitionReset result = forced(planned);

    assertThat(result.outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(result.before().orElseThrow().sequenceNumber()).hasValue(120);
    assertThat(commit(owner, 121)).isEqualTo(WriteOutcome.LOST);
    assertThat(stored()).isEqualTo(7);
  }

  @Test
  void aForcedResetWinsAgainstARenewal() {
    anOwner();
    store.beforeFirst(
        Operation.REPLACE_OWNERSHIP,
        () -> store.overwriteOwnership("node-a", store.ownership().orElseThrow().entries()));

    assertThat(forced(plannedTo(7)).outcome()).isEqualTo(Outcome.WRITTEN);
    assertThat(stored()).isEqualTo(7);
  }

  @Test
  void aWriteWhoseReplyIsLostCountsAsWritten() {
    store.next(Operation.REPLACE_CHECKPOINT, Fate.UNANSWERED);

    assertThat(reset(plannedTo(7)).outcome()).isEqualTo(Outcome.WRITTEN);
  }

  @Test
  void aWriteThatFailsIsReportedAndThePartitionIsReleased() {
    store.next(Operation.REPLACE_CHECKPOINT, Fate.DENIED);

    PartitionReset result = reset(plannedTo(7));

    assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
    assertThat(result.problem()).contains("scripted: DENIED");
    assertThat(stored()).isEqualTo(100);
    assertThat(store.ownership().map(StoredOwnership::isReleased)).contains(true);
  }

  @Test
  void aStoreThatCannotBeAskedIsReported() {
    store.next(Operation.READ_OWNERSHIP, Fate.LOST);

    assertThat(reset(plannedTo(7)).outcome()).isEqualTo(Outcome.FAILED);
  }

  @Test
  void aClaimThatCannotBeReleasedIsReportedBesideTheSuccess() {
    store.beforeFirst(
        Operation.REPLACE_CHECKPOINT, () -> store.next(Operation.REPLACE_OWNERSHIP, Fate.DENIED));

    PartitionReset result = reset(plannedTo(7));

    assertThat(result.isDone()).isTrue();
    assertThat(result.problem())
        .hasValueSatisfying(text -> assertThat(text).contains("until it expires"));
  }

  @Test
  void aReleaseThatIsRefusedForAPassingReasonIsTriedAgain() {
    store.beforeFirst(
        Operation.REPLACE_CHECKPOINT,
        () -> {
          store.next(Operation.REPLACE_OWNERSHIP, Fate.LOST);
          store.next(Operation.REPLACE_OWNERSHIP, Fate.UNANSWERED);
        });

    PartitionReset result = reset(plannedTo(7));

    assertThat(result.problem()).isEmpty();
    assertThat(store.ownership().map(StoredOwnership::isReleased)).contains(true);
  }

  @Test
  void whatIsUnchangedOrDoneIsNotWrittenAgain() {
    PartitionReset unchanged = plannedTo(100).with(Outcome.UNCHANGED, Optional.empty());
    store.forgetRequests();

    assertThat(reset(unchanged)).isEqualTo(unchanged);
    assertThat(store.requests()).isEmpty();
  }

  private static <T> T done(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }
}
