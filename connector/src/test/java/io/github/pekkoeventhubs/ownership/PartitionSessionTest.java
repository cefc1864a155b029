// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PartitionSessionTest {

  private static final long ON_THE_WAY = LateAcknowledgements.ON_THE_WAY.toNanos();

  private final List<CheckpointPosition> stored = new ArrayList<>();
  private final AtomicInteger drained = new AtomicInteger();
  private final AtomicInteger toldToDrain = new AtomicInteger();
  private final Object committer = new Object();

  private final CommitCounters counters = new CommitCounters();

  private PartitionSession session(Acknowledgement acknowledgement) {
    return session(acknowledgement, new AcknowledgedPosition(-1, "", Map.of(), ""));
  }

  private PartitionSession session(Acknowledgement acknowledgement, AcknowledgedPosition start) {
    return TestSessions.session(
        "0",
        true,
        acknowledgement,
        start,
        3,
        counters,
        position -> {
          stored.add(position);
          return CompletableFuture.completedFuture(CommitOutcome.COMMITTED);
        });
  }

  private final PartitionSession session = session(Acknowledgement.ORDERED);

  private static CommittableOffset offset(PartitionSession session, long sequenceNumber) {
    return new CommittableOffset(session, sequenceNumber, "o" + sequenceNumber);
  }

  private CommittableOffset emitted(long sequenceNumber) {
    CommittableOffset offset = offset(session, sequenceNumber);
    session.emitting(offset, 0);
    return offset;
  }

  private void joins(Object joining) {
    session.committerJoined(joining, toldToDrain::incrementAndGet);
  }

  private void drains() {
    session.beginDraining(drained::incrementAndGet);
  }

  @Nested
  class Drained {

    @Test
    void atOnceIfNothingWasEmittedAndNothingWillBe() {
      session.emissionStopped();
      drains();

      assertThat(drained).hasValue(1);
    }

    @Test
    void notBeforeEmissionHasStopped() {
      drains();
      assertThat(drained).hasValue(0);

      session.emissionStopped();
      assertThat(drained).hasValue(1);
    }

    @Test
    void afterTheOwnerHasHeardThatEmissionHasStopped() {
      List<String> heard = new ArrayList<>();
      session.whenEmissionStopped().thenRun(() -> heard.add("emission has stopped"));
      session.beginDraining(() -> heard.add("drained"));

      session.emissionStopped();

      assertThat(heard).containsExactly("emission has stopped", "drained");
    }

    @Test
    void onceEverythingEmittedIsAcknowledged() {
      CommittableOffset first = emitted(0);
      CommittableOffset last = emitted(1);
      joins(committer);
      drains();
      session.emissionStopped();

      first.acknowledge();
      assertThat(drained).hasValue(0);
      last.acknowledge();
      assertThat(drained).hasValue(1);
    }

    @Test
    void aMomentAfterEveryCommitterHasLeftWhoseSourceHasEnded() {
      emitted(0);
      Object another = new Object();
      joins(committer);
      joins(another);
      drains();
      session.emissionStopped();

      session.committerLeft(committer);
      assertThat(drained).hasValue(0);
      session.committerLeft(another);
      session.sourceEnded(0, false);
      session.checkLateAcknowledgements(ON_THE_WAY - 1);
      assertThat(drained).hasValue(0);
      session.checkLateAcknowledgements(ON_THE_WAY);
      assertThat(drained).hasValue(1);
    }

    @Test
    void notBetweenTheCommittersOfTwoBatches() {
      CommittableOffset first = emitted(0);
      CommittableOffset second = emitted(1);
      joins(committer);
      first.acknowledge();
      session.committerLeft(committer);
      drains();
      session.emissionStopped();
      session.checkLateAcknowledgements(100 * ON_THE_WAY);
      assertThat(drained).hasValue(0);

      joins(new Object());
      second.acknowledge();
      assertThat(drained).hasValue(1);
    }

    @Test
    void notWhileACommitterMayStillCome() {
      emitted(0);
      drains();
      session.emissionStopped();

      assertThat(drained).hasValue(0);
      assertThat(session.unacknowledged()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whenNothingIsOnItsWayAnyMoreFromAStreamThatHasFailed(boolean committerHadJoined) {
      emitted(0);
      if (committerHadJoined) {
        joins(committer);
      }
      drains();
      session.emissionStopped();

      session.sourceEnded(0, true);
      session.checkLateAcknowledgements(ON_THE_WAY - 1);
      assertThat(drained).hasValue(0);
      session.checkLateAcknowledgements(ON_THE_WAY);

      assertThat(drained).hasValue(1);
    }

    @Test
    void whenNothingMoreComesAfterWhatWasOnItsWayFromAStreamThatHasFailed() {
      CommittableOffset late = emitted(0);
      emitted(1);
      joins(committer);
      session.emissionStopped();
      session.sourceEnded(0, true);
      late.acknowledge();
      drains();

      session.checkLateAcknowledgements(ON_THE_WAY);
      session.checkLateAcknowledgements(2 * ON_THE_WAY - 1);
      assertThat(drained).hasValue(0);
      session.checkLateAcknowledgements(2 * ON_THE_WAY);

      assertThat(drained).hasValue(1);
    }

    @Test
    void notByWaitingWhileTheStreamHasNotFailed() {
      emitted(0);
      joins(committer);
      drains();
      session.emissionStopped();

      session.checkLateAcknowledgements(100 * ON_THE_WAY);

      assertThat(drained).hasValue(0);
    }

    @Test
    void atOnceWhenTheCommitterOfAFailedStreamLeaves() {
      emitted(0);
      joins(committer);
      drains();
      session.emissionStopped();
      session.sourceEnded(0, true);
      assertThat(drained).hasValue(0);

      session.committerLeft(committer);
      assertThat(drained).hasValue(1);
    }

    @Test
    void aPlainStreamOnceItEmitsNothingMore() {
      PartitionSession plain = TestSessions.session("0", false, 3);
      plain.emitting(0);
      plain.beginDraining(drained::incrementAndGet);

      plain.emissionStopped();

      assertThat(drained).hasValue(1);
      assertThat(plain.lastEmitted()).isZero();
    }

    @Test
    void notWhileSomethingIsAcknowledgedThatIsNotEmittedYet() {
      session.holdDrain();
      drains();
      session.emissionStopped();
      assertThat(drained).hasValue(0);

      session.releaseDrain();
      assertThat(drained).hasValue(1);
    }

    @Test
    void isToldOnce() {
      CommittableOffset only = emitted(0);
      joins(committer);
      drains();
      session.emissionStopped();
      only.acknowledge();
      session.emissionStopped();
      session.sourceEnded(0, true);
      session.committerLeft(committer);

      assertThat(drained).hasValue(1);
    }

    @Test
    void isNotToldAnyMoreOnceTheEpochIsOver() {
      drains();
      session.end();

      session.emissionStopped();

      assertThat(drained).hasValue(0);
    }

    @Test
    void unorderedOnceTheGapsAreFilled() {
      PartitionSession unordered = session(Acknowledgement.UNORDERED);
      CommittableOffset first = offset(unordered, 0);
      CommittableOffset second = offset(unordered, 1);
      unordered.emitting(first, 0);
      unordered.emitting(second, 0);
      unordered.beginDraining(drained::incrementAndGet);
      unordered.emissionStopped();

      second.acknowledge();
      assertThat(drained).hasValue(0);
      first.acknowledge();
      assertThat(drained).hasValue(1);
    }
  }

  @Nested
  class Committers {

    @Test
    void areToldThatThePartitionIsDrainingAndThatTheEpochIsOver() {
      joins(committer);
      assertThat(toldToDrain).hasValue(0);

      drains();
      assertThat(toldToDrain).hasValue(1);
      assertThat(session.isDraining()).isTrue();
      session.end();

      assertThat(toldToDrain).hasValue(2);
    }

    @Test
    void areToldAtOnceIfTheyComeLate() {
      drains();

      joins(committer);

      assertThat(toldToDrain).hasValue(1);
    }

    @Test
    void areToldIfTheEpochEndsWithoutADrain() {
      joins(committer);

      session.end();

      assertThat(toldToDrain).hasValue(1);
      assertThat(session.isOver()).isTrue();
    }
  }

  @Nested
  class Storing {

    @Test
    void whatWasAcknowledgedIsStoredWithItsOffset() {
      emitted(0).acknowledge();
      emitted(1).acknowledge();
      emitted(2);

      assertThat(session.flush()).isCompletedWithValue(CommitOutcome.COMMITTED);

      assertThat(stored).containsExactly(CheckpointPosition.of(1, "o1"));
    }

    @Test
    void nothingIsStoredBeforeTheFirstAcknowledgement() {
      emitted(0);

      assertThat(session.flush()).isCompletedWithValue(CommitOutcome.COMMITTED);

      assertThat(stored).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Acknowledgement.class)
    void aStartByOffsetAloneIsNotStored(Acknowledgement acknowledgement) {
      PartitionSession byOffset =
          session(
              acknowledgement,
              new AcknowledgedPosition(SequenceNumbers.UNKNOWN, "100", Map.of(), ""));
      byOffset.emitting(offset(byOffset, 7), 0);

      assertThat(byOffset.flush()).isCompletedWithValue(CommitOutcome.COMMITTED);
      assertThat(byOffset.hasAcknowledged()).isFalse();
      assertThat(stored).isEmpty();
    }

    @Test
    void anEventFinishedBeyondAStartByOffsetAloneIsNotStoredWithoutItsPredecessor() {
      PartitionSession byOffset =
          session(
              Acknowledgement.UNORDERED,
              new AcknowledgedPosition(SequenceNumbers.UNKNOWN, "100", Map.of(), ""));
      CommittableOffset first = offset(byOffset, 7);
      CommittableOffset second = offset(byOffset, 8);
      byOffset.emitting(first, 0);
      byOffset.emitting(second, 0);

      second.acknowledge();
      byOffset.flush();
      assertThat(stored).isEmpty();

      first.acknowledge();
      byOffset.flush();
      assertThat(stored).extracting(CheckpointPosition::sequenceNumber).containsExactly(8L);
    }

    @ParameterizedTest
    @EnumSource(Acknowledgement.class)
    void aStartBeyondTheCheckpointIsNotStoredBeforeSomethingIsAcknowledged(
        Acknowledgement acknowledgement) {
      PartitionSession beyond =
          session(acknowledgement, new AcknowledgedPosition(20, "o20", Map.of(), ""));
      CommittableOffset next = offset(beyond, 21);
      beyond.emitting(next, 0);

      assertThat(beyond.flush()).isCompletedWithValue(CommitOutcome.COMMITTED);
      assertThat(stored).isEmpty();

      next.acknowledge();
      beyond.flush();
      assertThat(stored).extracting(CheckpointPosition::sequenceNumber).containsExactly(21L);
    }

    /** Its store may have failed when the epoch before ended. */
    @Test
    void whatTheEpochBeforeHadAcknowledgedIsStored() {
      PartitionSession resumed =
          session(Acknowledgement.ORDERED, new AcknowledgedPosition(20, "o20", Map.of(), ""));
      resumed.startWasAcknowledged();

      resumed.flush();

      assertThat(stored).containsExactly(CheckpointPosition.of(20, "o20"));
    }

    @Test
    void acknowledgementsAfterTheEndAreDroppedAndCounted() {
      CommittableOffset late = emitted(0);
      session.end();

      late.acknowledge();

      assertThat(counters.dropped()).isEqualTo(1);
      assertThat(session.lastAcknowledged()).isEqualTo(-1);
      assertThat(session.flush()).isCompletedWithValue(CommitOutcome.DROPPED_NOT_OWNER);
      assertThat(stored).isEmpty();
    }

    @Test
    void changedGapsAreStoredAgainAlthoughThePositionStands() {
      PartitionSession unordered = session(Acknowledgement.UNORDERED);
      List<CommittableOffset> offsets = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        offsets.add(offset(unordered, i));
        unordered.emitting(offsets.get(i), 0);
      }
      offsets.get(0).acknowledge();
      unordered.flush();
      offsets.get(2).acknowledge();
      unordered.flush();

      assertThat(stored).hasSize(2);
      assertThat(stored.get(1).sequenceNumber()).isZero();
      assertThat(stored.get(1).isAfter(stored.get(0))).isTrue();
      assertThat(stored.get(1).gaps()).isNotEmpty();
    }
  }

  @Test
  void aClaimIsTrustedUntilItsTimeAndNoLonger() {
    session.validUntil(100);

    assertThat(session.isValidAt(99)).isTrue();
    assertThat(session.isValidAt(100)).isFalse();
  }

  @Test
  void timeMayOverflowAsTheMonotonicClockDoes() {
    session.validUntil(Long.MIN_VALUE + 10);

    assertThat(session.isValidAt(Long.MAX_VALUE)).isTrue();
    assertThat(session.isValidAt(Long.MIN_VALUE + 11)).isFalse();
  }

  @Test
  void aLaterEpochHasAHigherNumber() {
    assertThat(session(Acknowledgement.ORDERED).number()).isGreaterThan(session.number());
  }

  @Test
  void theOldestUnacknowledgedEventAges() {
    CommittableOffset offset = offset(session, 0);
    session.emitting(offset, 1_000);
    assertThat(session.oldestUnacknowledgedAge(3_000)).isEqualTo(Duration.ofNanos(2_000));

    offset.acknowledge();
    assertThat(session.oldestUnacknowledgedAge(3_000)).isZero();
  }

  /**
   * A source that sleeps when it is full, and a committer on another thread: if a wake-up were
   * lost, both would wait for ever.
   */
  @Test
  @Timeout(30)
  void noAcknowledgementThatASourceWaitsForGoesUnheard() throws Exception {
    int events = 200_000;
    Semaphore wakeUps = new Semaphore(0);
    CommittableOffset[] emitted = new CommittableOffset[events];
    Semaphore published = new Semaphore(0);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> acknowledging =
          threads.submit(
              () -> {
                for (int i = 0; i < events; i++) {
                  published.acquire();
                  emitted[i].acknowledge();
                }
                return null;
              });
      for (int i = 0; i < events; i++) {
        while (session.isFull()) {
          session.whenAcknowledged(wakeUps::release);
          if (session.isFull()) {
            assertThat(wakeUps.tryAcquire(10, TimeUnit.SECONDS)).as("woken at %s", i).isTrue();
          }
        }
        emitted[i] = offset(session, i);
        session.emitting(emitted[i], i);
        published.release();
      }
      acknowledging.get(10, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }

    assertThat(session.lastAcknowledged()).isEqualTo(events - 1L);
  }

  /** The owner begins to drain while the last acknowledgement is under way. */
  @Test
  @Timeout(30)
  void theLastAcknowledgementEndsADrainThatBeginsAtTheSameTime() throws Exception {
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 5_000; round++) {
        PartitionSession racing = TestSessions.session("0", true, 10);
        CommittableOffset only = offset(racing, 0);
        racing.emitting(only, 0);
        racing.emissionStopped();
        CompletableFuture<Boolean> isDrained = new CompletableFuture<>();

        Future<?> acknowledging = threads.submit(only::acknowledge);
        racing.beginDraining(() -> isDrained.complete(true));

        acknowledging.get(10, TimeUnit.SECONDS);
        assertThat(isDrained.get(10, TimeUnit.SECONDS)).isTrue();
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
