// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static io.github.pekkoeventhubs.store.ScriptedPartitionStore.PARTITION;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.ConcurrentCheckpointException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Delayed;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Fate;
import io.github.pekkoeventhubs.store.ScriptedPartitionStore.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionCheckpointerTest {

  private final ScriptedPartitionStore store = new ScriptedPartitionStore();
  private final OwnershipProtocol protocol = new OwnershipProtocol(store);
  private final ManualScheduler time = new ManualScheduler();
  private final RecordingWriteListener listener = new RecordingWriteListener();
  private PartitionCheckpointer checkpointer = checkpointer(fenced());

  @BeforeEach
  void forgetTheClaim() {
    store.forgetRequests();
  }

  @Test
  void aPositionIsStoredByOneRequest() {
    CompletableFuture<CommitOutcome> result = commit(5);
    time.runReady();

    assertThat(result).isCompletedWithValue(CommitOutcome.COMMITTED);
    assertThat(store.requests()).containsExactly(Operation.REPLACE_CHECKPOINT);
    assertThat(checkpointer.stored().orElseThrow().sequenceNumber()).hasValue(5);
    assertThat(listener.outcomes()).containsExactly(WriteOutcome.WRITTEN);
  }

  @Test
  void positionsThatArriveDuringAWriteBecomeOneWriteOfTheNewest() {
    Delayed first = store.delayNext(Operation.REPLACE_CHECKPOINT);
    CompletableFuture<CommitOutcome> one = commit(1);
    CompletableFuture<CommitOutcome> three = commit(3);
    CompletableFuture<CommitOutcome> two = commit(2);
    CompletableFuture<CommitOutcome> sameAsFirst = commit(1);
    time.runReady();
    assertThat(store.requests()).hasSize(1);

    first.deliver();
    time.runReady();

    for (CompletableFuture<CommitOutcome> result : List.of(one, two, three, sameAsFirst)) {
      assertThat(result).isCompletedWithValue(CommitOutcome.COMMITTED);
    }
    assertThat(store.checkpointWrites())
        .extracting(stored -> stored.sequenceNumber().orElseThrow())
        .endsWith(1L, 3L);
    assertThat(store.requests()).hasSize(2);
    assertThat(listener.coalesced()).as("4 commits, 2 writes").isEqualTo(2);
  }

  @Test
  void aPositionIsNotAnsweredBeforeItsOwnWrite() {
    Delayed first = store.delayNext(Operation.REPLACE_CHECKPOINT);
    Delayed second = store.delayNext(Operation.REPLACE_CHECKPOINT);
    CompletableFuture<CommitOutcome> one = commit(1);
    CompletableFuture<CommitOutcome> two = commit(2);
    first.deliver();
    time.runReady();
    assertThat(one).isDone();
    assertThat(two).isNotDone();

    second.deliver();
    time.runReady();

    assertThat(two).isCompletedWithValue(CommitOutcome.COMMITTED);
  }

  @Test
  void aLowerPositionThanTheStoredOneIsCommittedAlready() {
    commit(5);
    time.runReady();
    store.forgetRequests();

    CompletableFuture<CommitOutcome> lower = commit(4);
    time.runReady();

    assertThat(lower).isCompletedWithValue(CommitOutcome.COMMITTED);
    assertThat(store.requests()).isEmpty();
  }

  @Test
  void aPassingFailureIsTriedAgainWithTheNewestPosition() {
    store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
    CompletableFuture<CommitOutcome> one = commit(1);
    time.runReady();
    CompletableFuture<CommitOutcome> two = commit(2);
    time.runReady();
    assertThat(store.requests()).hasSize(1);
    assertThat(listener.told()).singleElement().asString().startsWith("failed: ");

    time.advance(Duration.ofMillis(100));

    assertThat(one).isCompletedWithValue(CommitOutcome.COMMITTED);
    assertThat(two).isCompletedWithValue(CommitOutcome.COMMITTED);
    assertThat(store.requests()).hasSize(2);
    assertThat(listener.told()).hasSize(2).endsWith("works again");
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(2);
  }

  @Test
  void aLostReplyIsNotWrittenTwice() {
    store.next(Operation.REPLACE_CHECKPOINT, Fate.UNANSWERED);
    CompletableFuture<CommitOutcome> result = commit(1);
    time.advance(Duration.ofMillis(100));

    assertThat(result).isCompletedWithValue(CommitOutcome.COMMITTED);
    assertThat(store.checkpointWrites())
        .filteredOn(stored -> stored.sequenceNumber().orElseThrow() == 1)
        .hasSize(1);
    assertThat(listener.conflicts()).isEqualTo(1);
  }

  @Test
  void delaysGrowAndTheWriteFailsForGoodInTheEnd() {
    for (int i = 0; i < 100; i++) {
      store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
    }
    CompletableFuture<CommitOutcome> result = commit(1);
    time.advance(Duration.ofSeconds(50));
    assertThat(result).isNotDone();
    int attempts = store.requests().size();
    assertThat(attempts).isBetween(14, 18);

    CompletableFuture<CommitOutcome> joined = commit(2);
    time.advance(Duration.ofSeconds(10));

    assertThat(result).isCompletedExceptionally();
    assertThat(joined).isCompletedExceptionally();
    assertThat(result)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(CheckpointWriteException.class)
        .withMessageContaining(PARTITION.toString())
        .withMessageContaining("scripted");
    assertThat(time.waiting()).isZero();
  }

  @Test
  void eachFailedAttemptIsToldAndTheFirstThatSucceeds() {
    store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
    store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
    commit(1);
    time.runReady();
    assertThat(listener.told()).hasSize(1).allMatch(line -> line.startsWith("failed: "));

    time.advance(Duration.ofSeconds(1));
    commit(2);
    time.runReady();

    assertThat(listener.told()).hasSize(3).endsWith("works again");
  }

  @Test
  void aWriteIsTriedForAsLongAsAClaimIsValid() {
    checkpointer =
        new PartitionCheckpointer(
            PARTITION,
            fenced(),
            WriteRetry.during(Duration.ofSeconds(105)),
            time,
            time,
            listener,
            time::nanoTime,
            () -> 1);
    for (int i = 0; i < 100; i++) {
      store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
    }
    CompletableFuture<CommitOutcome> result = commit(1);
    time.advance(Duration.ofSeconds(95));
    assertThat(result).isNotDone();
    time.advance(Duration.ofSeconds(10));

    assertThat(result).isCompletedExceptionally();
  }

  @Test
  void whoStoodStillDuringTheFirstAttemptTriesOnceMore() {
    store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
    store.beforeEach(
        operation -> {
          store.beforeEach(later -> {});
          time.advance(Duration.ofSeconds(70));
        });

    CompletableFuture<CommitOutcome> result = commit(1);
    time.runReady();
    assertThat(result).isNotDone();
    time.advance(Duration.ofSeconds(1));

    assertThat(result).isCompletedWithValue(CommitOutcome.COMMITTED);
  }

  @Test
  void afterGivingUpTheNextPositionIsTriedAfresh() {
    store.next(Operation.REPLACE_CHECKPOINT, Fate.DENIED);
    commit(1);
    time.runReady();

    CompletableFuture<CommitOutcome> next = commit(2);
    time.runReady();

    assertThat(next).isCompletedWithValue(CommitOutcome.COMMITTED);
  }

  @Test
  void aLastingFailureIsNotTriedAgain() {
    store.next(Operation.REPLACE_CHECKPOINT, Fate.DENIED);
    CompletableFuture<CommitOutcome> result = commit(1);
    time.runReady();

    assertThat(result)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(CheckpointWriteException.class);
    assertThat(time.waiting()).isZero();
  }

  @Test
  void aSecondWriterIsReportedAsSuch() {
    store.deleteCheckpoint();
    checkpointer =
        checkpointer(UnclaimedCheckpoint.open(store, PARTITION).toCompletableFuture().join());
    store.overwriteCheckpoint(StoredCheckpoint.entriesOf(50, "o50"));

    CompletableFuture<CommitOutcome> result = commit(1);
    time.runReady();

    assertThat(result)
        .failsWithin(Duration.ZERO)
        .withThrowableThat()
        .havingCause()
        .isInstanceOf(ConcurrentCheckpointException.class);
  }

  @Test
  void aLostClaimIsAnOutcomeForAllAndToldOnce() {
    Delayed first = store.delayNext(Operation.REPLACE_CHECKPOINT);
    CompletableFuture<CommitOutcome> one = commit(1);
    CompletableFuture<CommitOutcome> two = commit(2);
    fenced();
    first.deliver();
    time.runReady();

    assertThat(one).isCompletedWithValue(CommitOutcome.DROPPED_NOT_OWNER);
    assertThat(two).isCompletedWithValue(CommitOutcome.DROPPED_NOT_OWNER);
    assertThat(commit(3)).isCompletedWithValue(CommitOutcome.DROPPED_NOT_OWNER);
    assertThat(listener.losses()).isEqualTo(1);
    assertThat(store.checkpoint().orElseThrow().sequenceNumber()).hasValue(-1);
  }

  @Test
  void closingAnswersWhatIsOutstandingAndLaterCallsAsDropped() {
    Delayed first = store.delayNext(Operation.REPLACE_CHECKPOINT);
    CompletableFuture<CommitOutcome> one = commit(1);
    CompletableFuture<CommitOutcome> two = commit(2);

    checkpointer.close();

    assertThat(one).isCompletedWithValue(CommitOutcome.DROPPED_NOT_OWNER);
    assertThat(two).isCompletedWithValue(CommitOutcome.DROPPED_NOT_OWNER);
    assertThat(commit(3)).isCompletedWithValue(CommitOutcome.DROPPED_NOT_OWNER);
    first.deliver();
    time.runReady();
    assertThat(store.requests()).hasSize(1);
    assertThat(listener.losses()).isEqualTo(0);
  }

  @Test
  void closingDuringABackoffTriesNothingAnyMore() {
    store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
    CompletableFuture<CommitOutcome> result = commit(1);
    time.runReady();

    checkpointer.close();
    time.advance(Duration.ofMinutes(2));

    assertThat(result).isCompletedWithValue(CommitOutcome.DROPPED_NOT_OWNER);
    assertThat(store.requests()).hasSize(1);
  }

  @Test
  void hurryEndsABackoffAndKeepsTheFollowingOnesShort() {
    for (int i = 0; i < 7; i++) {
      store.next(Operation.REPLACE_CHECKPOINT, Fate.LOST);
    }
    CompletableFuture<CommitOutcome> result = commit(1);
    time.advance(Duration.ofSeconds(3));
    int attempts = store.requests().size();

    checkpointer.hurry();
    assertThat(store.requests()).hasSize(attempts + 1);
    time.advance(Duration.ofMillis(200));

    assertThat(result).isCompletedWithValue(CommitOutcome.COMMITTED);
  }

  @Test
  void aCallerMayStopWaitingWithoutHarm() {
    Delayed delayed = store.delayNext(Operation.REPLACE_CHECKPOINT);
    CompletableFuture<CommitOutcome> impatient = commit(1);
    impatient.cancel(false);
    CompletableFuture<CommitOutcome> patient = commit(1);
    delayed.deliver();
    time.runReady();

    assertThat(patient).isCompletedWithValue(CommitOutcome.COMMITTED);
  }

  @Test
  void manyPositionsFromManyThreadsAreAllAnsweredAndNeverGoBack() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      checkpointer =
          new PartitionCheckpointer(
              PARTITION,
              new SerialWriter(),
              WriteRetry.during(Duration.ofSeconds(60)),
              time,
              threads,
              listener,
              time::nanoTime,
              () -> 1);
      List<CompletableFuture<CommitOutcome>> results = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        results.add(commit((i * 7919L) % 2_000));
      }
      CompletableFuture.allOf(results.toArray(CompletableFuture<?>[]::new))
          .get(20, TimeUnit.SECONDS);
      assertThat(results).allMatch(result -> result.join() == CommitOutcome.COMMITTED);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Fails the test's writes if two are under way, or one goes back. */
  private static final class SerialWriter implements CheckpointWriter {
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile long last = Long.MIN_VALUE;

    @Override
    public CompletionStage<WriteOutcome> write(CheckpointPosition position) {
      if (!busy.compareAndSet(false, true)) {
        return CompletableFuture.failedStage(new AssertionError("two writes at a time"));
      }
      boolean covered = position.sequenceNumber() <= last;
      last = Math.max(last, position.sequenceNumber());
      busy.set(false);
      return CompletableFuture.completedStage(
          covered ? WriteOutcome.COVERED : WriteOutcome.WRITTEN);
    }

    @Override
    public CompletionStage<Optional<StoredCheckpoint>> replace(Map<String, String> entries) {
      return CompletableFuture.failedStage(new AssertionError("not before the first write"));
    }

    @Override
    public Optional<StoredCheckpoint> stored() {
      return Optional.empty();
    }

    @Override
    public OptionalLong fencingToken() {
      return OptionalLong.empty();
    }

    @Override
    public long conflicts() {
      return 0;
    }
  }

  private CheckpointWriter fenced() {
    OwnershipClaim claim =
        ((ClaimOutcome.Held)
                protocol.claim(PARTITION, store.ownership(), "node").toCompletableFuture().join())
            .claim();
    return ((FenceOutcome.Fenced)
            FencedCheckpoint.fence(
                    store,
                    claim,
                    () -> CompletableFuture.completedStage(StoredCheckpoint.entriesOf(-1, "-1")))
                .toCompletableFuture()
                .join())
        .checkpoint();
  }

  private PartitionCheckpointer checkpointer(CheckpointWriter writer) {
    return new PartitionCheckpointer(
        PARTITION,
        writer,
        WriteRetry.during(Duration.ofSeconds(60)),
        time,
        time,
        listener,
        time::nanoTime,
        () -> 1);
  }

  private CompletableFuture<CommitOutcome> commit(long sequenceNumber) {
    return checkpointer
        .store(CheckpointPosition.of(sequenceNumber, "o" + sequenceNumber))
        .toCompletableFuture();
  }
}
