// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Delayed;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class FencedCheckpointTest {

  private static final Map<String, String> START = StoredCheckpoint.entriesOf(-1, "-1");

  private final ScriptedPartitionStore store = new ScriptedPartitionStore();
  private final OwnershipProtocol protocol = new OwnershipProtocol(store);

  @Test
  void fencingWritesTheCheckpointBackWithEveryEntryAsItWas() {
    Map<String, String> entries =
        Map.of(
            "sequencenumber", "41", "offset", "3:128:78", "clientidentifier", "somebody", "x", "");
    store.overwriteCheckpoint(entries);
    String before = store.checkpoint().orElseThrow().version();

    CheckpointWriter checkpoint = fenced(claim("node-a"));

    assertThat(entriesBesideTheToken()).isEqualTo(entries);
    assertThat(store.checkpoint().orElseThrow().version()).isNotEqualTo(before);
    assertThat(checkpoint.stored()).isEqualTo(store.checkpoint());
  }

  @Test
  void aReplacedCheckpointKeepsTheFencingToken() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    long token = checkpoint.fencingToken().orElseThrow();

    Optional<StoredCheckpoint> replaced =
        checkpoint.replace(StoredCheckpoint.entriesOf(6, "6")).toCompletableFuture().join();

    assertThat(replaced.orElseThrow().fencingToken()).hasValue(token);
    assertThat(entriesBesideTheToken()).isEqualTo(StoredCheckpoint.entriesOf(6, "6"));
    assertThat(checkpoint.stored()).isEqualTo(store.checkpoint());
  }

  @Test
  void fencingAddsNoOffsetToACheckpointThatHasNone() {
    store.overwriteCheckpoint(Map.of("sequencenumber", "41"));

    fenced(claim("node-a"));

    assertThat(entriesBesideTheToken()).isEqualTo(Map.of("sequencenumber", "41"));
  }

  @Test
  void fencingCreatesAnAbsentCheckpointAtTheResolvedStart() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));

    assertThat(entriesBesideTheToken()).isEqualTo(START);
    assertThat(checkpoint.stored()).isEqualTo(store.checkpoint());
  }

  @Test
  void theStartIsNotResolvedWhereThereIsACheckpoint() {
    store.overwriteCheckpoint(START);

    FenceOutcome outcome =
        done(
            FencedCheckpoint.fence(
                store,
                claim("node-a"),
                () -> {
                  throw new AssertionError("resolved");
                }));

    assertThat(outcome).isInstanceOf(FenceOutcome.Fenced.class);
  }

  @Test
  void aStartThatCannotBeResolvedFailsTheFencing() {
    IllegalStateException reason = new IllegalStateException("no initial position");

    CompletionStage<FenceOutcome> outcome =
        FencedCheckpoint.fence(store, claim("node-a"), () -> CompletableFuture.failedStage(reason));

    assertThatThrownBy(() -> done(outcome)).hasRootCause(reason);
    assertThat(store.checkpoint()).isEmpty();
  }

  @Test
  void theTouchReadsTheCheckpointThenTheOwnershipAndThenWrites() {
    store.overwriteCheckpoint(START);
    OwnershipClaim claim = claim("node-a");
    store.forgetRequests();

    fenced(claim);

    assertThat(store.requests())
        .containsExactly(
            Operation.READ_CHECKPOINT, Operation.READ_OWNERSHIP, Operation.REPLACE_CHECKPOINT);
  }

  @Test
  void fencingWithALostClaimTouchesNothing() {
    store.overwriteCheckpoint(START);
    OwnershipClaim old = claim("node-a");
    claim("node-b");
    StoredCheckpoint before = store.checkpoint().orElseThrow();

    FenceOutcome outcome = fence(old);

    assertThat(outcome).isEqualTo(new FenceOutcome.Lost(store.ownership()));
    assertThat(store.checkpoint()).contains(before);
  }

  @Test
  void fencingGoesOnWhenAnEarlierOwnerWasQuicker() {
    CheckpointWriter old = fenced(claim("node-a"));
    OwnershipClaim claim = claim("node-b");
    store.beforeFirst(
        Operation.REPLACE_CHECKPOINT,
        () -> assertThat(write(old, 10)).isEqualTo(WriteOutcome.WRITTEN));

    CheckpointWriter checkpoint = fenced(claim);

    assertThat(checkpoint.stored().orElseThrow().sequenceNumber()).hasValue(10);
    assertThat(write(old, 11)).isEqualTo(WriteOutcome.LOST);
  }

  @Test
  void aTouchWhoseReplyWasLostIsRepeated() {
    OwnershipClaim claim = claim("node-a");
    store.next(Operation.CREATE_CHECKPOINT, Fate.UNANSWERED);
    assertThatThrownBy(() -> fence(claim)).hasCauseInstanceOf(PartitionStoreException.class);

    assertThat(fenced(claim).stored()).isEqualTo(store.checkpoint());
    assertThat(entriesBesideTheToken()).isEqualTo(START);
  }

  @Test
  void aCommitIsOneRequestAndCarriesNumberOffsetAndMetadata() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    store.forgetRequests();

    WriteOutcome outcome =
        done(checkpoint.write(new CheckpointPosition(7, "o7", Map.of("batch", "b1"), "", 0)));

    assertThat(outcome).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(store.requests()).containsExactly(Operation.REPLACE_CHECKPOINT);
    assertThat(entriesBesideTheToken())
        .isEqualTo(Map.of("sequencenumber", "7", "offset", "o7", "batch", "b1"));
  }

  @Test
  void aLowerOrEqualPositionCostsNoRequest() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    write(checkpoint, 7);
    store.forgetRequests();

    assertThat(write(checkpoint, 7)).isEqualTo(WriteOutcome.COVERED);
    assertThat(write(checkpoint, 6)).isEqualTo(WriteOutcome.COVERED);
    assertThat(store.requests()).isEmpty();
  }

  @Test
  void newerGapsAreWrittenWhileTheNumberStandsStillAndOlderOnesAreNot() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    write(checkpoint, 7);

    assertThat(done(checkpoint.write(gaps(7, "9-12", 2)))).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(CheckpointPosition.gapsOf(store.checkpoint().orElseThrow())).contains("9-12");
    assertThat(done(checkpoint.write(gaps(7, "9", 1)))).isEqualTo(WriteOutcome.COVERED);
    assertThat(CheckpointPosition.gapsOf(store.checkpoint().orElseThrow())).contains("9-12");
  }

  @Test
  void aCommitWhoseReplyWasLostIsFoundStored() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    store.next(Operation.REPLACE_CHECKPOINT, Fate.UNANSWERED);
    assertThatThrownBy(() -> write(checkpoint, 7))
        .hasCauseInstanceOf(PartitionStoreException.class);
    StoredCheckpoint applied = store.checkpoint().orElseThrow();

    assertThat(write(checkpoint, 7)).isEqualTo(WriteOutcome.COVERED);
    assertThat(store.checkpoint()).contains(applied);
    assertThat(write(checkpoint, 8)).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(checkpoint.conflicts()).isEqualTo(1);
  }

  @Test
  void olderGapsOfOurOwnLostWriteAreReplacedByNewerOnes() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    store.next(Operation.REPLACE_CHECKPOINT, Fate.UNANSWERED);
    assertThatThrownBy(() -> done(checkpoint.write(gaps(7, "9", 1))))
        .hasCauseInstanceOf(PartitionStoreException.class);

    assertThat(done(checkpoint.write(gaps(7, "9-12", 2)))).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(CheckpointPosition.gapsOf(store.checkpoint().orElseThrow())).contains("9-12");
  }

  @Test
  void aDelayedCommitDiesOfItsConditionAfterTheSuccessorsTouch() {
    CheckpointWriter old = fenced(claim("node-a"));
    Delayed delayed = store.delayNext(Operation.REPLACE_CHECKPOINT);
    CompletionStage<WriteOutcome> late = old.write(CheckpointPosition.of(7, "o7"));
    CheckpointWriter successor = fenced(claim("node-b"));
    write(successor, 3);

    delayed.deliver();

    assertThat(done(late)).isEqualTo(WriteOutcome.LOST);
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(3);
  }

  @Test
  void aDelayedCommitCannotOverwriteALaterOneOfTheSameOwner() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    Delayed delayed = store.delayNext(Operation.REPLACE_CHECKPOINT);
    checkpoint.write(CheckpointPosition.of(7, "o7"));
    assertThat(delayed.hasArrived()).isTrue();
    write(checkpoint, 8);

    delayed.deliver();

    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(8);
  }

  @Test
  void aForeignHigherCheckpointIsAdoptedAndNotPulledBack() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(20, "o20"));

    assertThat(write(checkpoint, 10)).isEqualTo(WriteOutcome.COVERED);
    assertThat(write(checkpoint, 15)).isEqualTo(WriteOutcome.COVERED);
    assertThat(write(checkpoint, 21)).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(store.checkpointWrites())
        .extracting(stored -> stored.sequenceNumber().orElseThrow())
        .containsExactly(-1L, 20L, 21L);
  }

  @Test
  void aForeignLowerCheckpointIsHealedByTheNextCommit() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    write(checkpoint, 10);
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(4, "o4"));

    assertThat(write(checkpoint, 11)).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(11);
  }

  @Test
  void aDeletedCheckpointIsCreatedByTheNextCommit() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    store.deleteCheckpoint();

    assertThat(write(checkpoint, 5)).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(5);
  }

  @Test
  void aCheckpointThatCannotBeReadFailsTheCommitByName() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    store.overwriteCheckpoint(Map.of("sequencenumber", "seven", "offset", "o"));

    assertThatThrownBy(() -> write(checkpoint, 5))
        .hasRootCauseInstanceOf(NumberFormatException.class)
        .hasCauseInstanceOf(CheckpointUnreadableException.class);
  }

  @Test
  void anUnfencedWriterThatNeverPausesFailsTheCommitForAPassingReason() {
    CheckpointWriter checkpoint = fenced(claim("node-a"));
    store.beforeEach(
        operation -> {
          if (operation == Operation.REPLACE_CHECKPOINT) {
            store.overwriteCheckpoint(START);
          }
        });

    assertThatThrownBy(() -> write(checkpoint, 5))
        .cause()
        .isInstanceOfSatisfying(
            PartitionStoreException.class, failure -> assertThat(failure.isTransient()).isTrue());
  }

  private OwnershipClaim claim(String ownerId) {
    return ((ClaimOutcome.Held) done(protocol.claim(PARTITION, store.ownership(), ownerId)))
        .claim();
  }

  private CheckpointWriter fenced(OwnershipClaim claim) {
    return ((FenceOutcome.Fenced) fence(claim)).checkpoint();
  }

  private FenceOutcome fence(OwnershipClaim claim) {
    return done(
        FencedCheckpoint.fence(store, claim, () -> CompletableFuture.completedStage(START)));
  }

  private Map<String, String> entriesBesideTheToken() {
    Map<String, String> entries = new HashMap<>(store.checkpoint().orElseThrow().entries());
    assertThat(entries.remove(StoredCheckpoint.FENCING_TOKEN)).isNotNull();
    return entries;
  }

  private static WriteOutcome write(CheckpointWriter checkpoint, long sequenceNumber) {
    return done(checkpoint.write(CheckpointPosition.of(sequenceNumber, "o" + sequenceNumber)));
  }

  private static CheckpointPosition gaps(long sequenceNumber, String gaps, long revision) {
    return new CheckpointPosition(sequenceNumber, "o" + sequenceNumber, Map.of(), gaps, revision);
  }

  private static <T> T done(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }
}
