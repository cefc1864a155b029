// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.ConcurrentCheckpointException;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class UnclaimedCheckpointTest {

  private final ScriptedPartitionStore store = new ScriptedPartitionStore();

  @Test
  void openingWritesNothing() {
    assertThat(open().stored()).isEmpty();
    assertThat(store.requests()).containsExactly(Operation.READ_CHECKPOINT);
  }

  @Test
  void whereThereIsNoneTheStartIsCreatedIfWanted() {
    UnclaimedCheckpoint created = openOrCreate(7);

    assertThat(created.stored().orElseThrow().sequenceNumber()).hasValue(7);
    assertThat(openOrCreate(8).stored()).isEqualTo(created.stored());
    assertThat(store.requests())
        .containsExactly(
            Operation.READ_CHECKPOINT, Operation.CREATE_CHECKPOINT, Operation.READ_CHECKPOINT);
  }

  @Test
  void aCheckpointThatSomebodyElseCreatesMeanwhileIsTheOneToGoOnFrom() {
    UnclaimedCheckpoint opened =
        UnclaimedCheckpoint.openOrCreate(
                store,
                PARTITION,
                () -> {
                  store.overwriteCheckpoint(StoredCheckpoint.entriesOf(3, "o3"));
                  return CompletableFuture.completedStage(StoredCheckpoint.entriesOf(9, "o9"));
                })
            .toCompletableFuture()
            .join();

    assertThat(opened.stored().orElseThrow().sequenceNumber()).hasValue(3);
    assertThat(write(opened, 4)).isEqualTo(WriteOutcome.WRITTEN);
  }

  @Test
  void theFirstCommitCreatesTheCheckpointAndTheNextReplaceIt() {
    UnclaimedCheckpoint checkpoint = open();

    assertThat(write(checkpoint, 1)).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(write(checkpoint, 2)).isEqualTo(WriteOutcome.WRITTEN);

    assertThat(store.requests())
        .containsExactly(
            Operation.READ_CHECKPOINT, Operation.CREATE_CHECKPOINT, Operation.REPLACE_CHECKPOINT);
    assertThat(checkpoint.stored()).isEqualTo(store.checkpoint());
  }

  @Test
  void positionsBelowTheStoredCheckpointAreSkippedUntilItIsPassed() {
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(10, "o10"));
    UnclaimedCheckpoint checkpoint = open();

    assertThat(write(checkpoint, 4)).isEqualTo(WriteOutcome.COVERED);
    assertThat(write(checkpoint, 10)).isEqualTo(WriteOutcome.COVERED);
    assertThat(write(checkpoint, 11)).isEqualTo(WriteOutcome.WRITTEN);
  }

  @Test
  void aSecondWriterThatIsAheadFailsTheCommit() {
    UnclaimedCheckpoint checkpoint = open();
    write(checkpoint, 1);
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(20, "o20"));

    assertThatThrownBy(() -> write(checkpoint, 2))
        .cause()
        .isInstanceOf(ConcurrentCheckpointException.class)
        .hasMessageContaining(PARTITION.toString())
        .hasMessageContaining("20");
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(20);
  }

  @Test
  void aSecondWriterThatIsBehindIsOverwritten() {
    UnclaimedCheckpoint checkpoint = open();
    write(checkpoint, 5);
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(3, "o3"));

    assertThat(write(checkpoint, 6)).isEqualTo(WriteOutcome.WRITTEN);
    assertThat(checkpoint.conflicts()).isEqualTo(1);
  }

  @Test
  void anOwnWriteWhoseReplyWasLostIsNoSecondWriter() {
    UnclaimedCheckpoint checkpoint = open();
    store.next(Operation.CREATE_CHECKPOINT, Fate.UNANSWERED);
    assertThatThrownBy(() -> write(checkpoint, 5))
        .hasCauseInstanceOf(PartitionStoreException.class);

    assertThat(write(checkpoint, 5)).isEqualTo(WriteOutcome.COVERED);
    assertThat(write(checkpoint, 6)).isEqualTo(WriteOutcome.WRITTEN);
  }

  private UnclaimedCheckpoint openOrCreate(long start) {
    return UnclaimedCheckpoint.openOrCreate(
            store,
            PARTITION,
            () -> CompletableFuture.completedStage(StoredCheckpoint.entriesOf(start, "o" + start)))
        .toCompletableFuture()
        .join();
  }

  private UnclaimedCheckpoint open() {
    return done(UnclaimedCheckpoint.open(store, PARTITION));
  }

  private static WriteOutcome write(UnclaimedCheckpoint checkpoint, long sequenceNumber) {
    return done(checkpoint.write(CheckpointPosition.of(sequenceNumber, "o" + sequenceNumber)));
  }

  private static <T> T done(CompletionStage<T> stage) {
    assertThat(stage.toCompletableFuture()).isDone();
    return stage.toCompletableFuture().join();
  }
}
