// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How a committer takes offsets in and emits batches. */
class CommitterOffsetsTest extends CommitterStageFixture {

  @Nested
  class Emits {

    @Test
    void aBatchAfterTheStoreHasAnswered() {
      run(SETTINGS);
      downstream.request(1);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      downstream.expectNoMessage(scala.concurrent.duration.Duration.Zero());

      zero.answer(CommitOutcome.COMMITTED);

      CommittableOffsetBatch batch = downstream.expectNext();
      assertThat(contents(batch)).containsExactly("0:3");
      assertThat(batch.batchSize()).isEqualTo(3);
    }

    @Test
    void aBatchWhenTheWriteIsStartedIfNobodyWaitsForTheStore() {
      run(SETTINGS.withDelivery(CommitDelivery.SEND_AND_FORGET));
      downstream.request(1);
      send(zero, 1, 2, 3);

      assertThat(contents(downstream.expectNext())).containsExactly("0:3");
      assertThat(zero.unansweredFlushes()).isEqualTo(1);
    }

    @Test
    void oneMergedBatchWhereNobodyAsked() {
      run(SETTINGS);
      zero.answeringAtOnce();
      one.answeringAtOnce();
      send(zero, 1, 2, 3);
      send(one, 4, 5, 6);
      send(zero, 4, 5, 6);
      awaitFlushes(zero, 2);
      awaitFlushes(one, 1);
      settle();

      downstream.request(2);

      CommittableOffsetBatch batch = downstream.expectNext();
      assertThat(contents(batch)).containsExactly("0:6", "1:6");
      assertThat(batch.batchSize()).isEqualTo(9);
      downstream.expectNoMessage(scala.concurrent.duration.Duration.Zero());
    }

    @Test
    void nothingForWhatWasDroppedSinceThePartitionHasAnotherOwner() {
      run(SETTINGS);
      downstream.request(2);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);

      zero.answer(CommitOutcome.DROPPED_NOT_OWNER);
      one.answeringAtOnce();
      send(one, 1, 2, 3);
      upstream.sendComplete();

      assertThat(contents(downstream.expectNext())).containsExactly("1:3");
      downstream.expectComplete();
    }
  }

  @Nested
  class StopsPulling {

    /** Batches of one busy partition and one event each of many others: the split is counted. */
    @Test
    void whenTheShareOfOnePartitionInBatchesReachesTheBound() {
      CommitterSettings settings = SETTINGS.withMaxUnwritten(1000).withMaxBatch(1000);
      List<ControllableEpoch> others = new ArrayList<>();
      for (int i = 1; i < 32; i++) {
        others.add(epoch("other-" + i, 1));
      }
      run(settings);

      for (int batch = 0; batch < 2; batch++) {
        CommittableOffsetBatch skewed = CommittableOffsetBatch.empty();
        for (int i = 1; i <= 969; i++) {
          skewed = skewed.updated(zero.offset(batch * 969L + i));
        }
        for (ControllableEpoch other : others) {
          skewed = skewed.updated(other.offset(batch));
        }
        send(skewed);
      }

      awaitFlushes(zero, 1);
      assertThat(zero.acknowledgedNumbers()).containsExactly(969L);
      zero.answer(CommitOutcome.COMMITTED);
      eventually().until(() -> zero.acknowledgedNumbers().size() == 2);
      assertThat(zero.acknowledgedNumbers()).containsExactly(969L, 1938L);
    }

    @Test
    void noLongerThanTheEpochOfTheFullPartitionLasts() {
      run(SETTINGS.withDelivery(CommitDelivery.SEND_AND_FORGET));
      downstream.request(Long.MAX_VALUE);
      send(zero, 1, 2, 3, 4, 5, 6);
      awaitFlushes(zero, 1);
      zero.refuse(new CheckpointWriteException("not now"));
      awaitFlushes(zero, 2);
      zero.refuse(new CheckpointWriteException("not now"));

      zero.end();
      zero.startDraining();
      send(one, 1, 2, 3);

      awaitFlushes(one, 1);
    }

    @Test
    void andAcknowledgesWhatItHoldsBackBeforeItCompletes() {
      run(SETTINGS);
      downstream.request(Long.MAX_VALUE);
      send(
          CommittableOffsetBatch.of(
              List.of(
                  zero.offset(1), zero.offset(2), zero.offset(3), zero.offset(4), zero.offset(5))));
      awaitFlushes(zero, 1);
      send(CommittableOffsetBatch.of(List.of(zero.offset(6), zero.offset(7))));
      upstream.sendComplete();
      assertThat(zero.acknowledgedNumbers()).containsExactly(5L);

      zero.answer(CommitOutcome.COMMITTED);
      awaitFlushes(zero, 2);
      assertThat(zero.acknowledgedNumbers()).containsExactly(5L, 7L);
      zero.answer(CommitOutcome.COMMITTED);

      assertThat(contents(downstream.expectNext())).containsExactly("0:5");
      assertThat(contents(downstream.expectNext())).containsExactly("0:7");
      downstream.expectComplete();
    }

    @Test
    void whenTooMuchOfAPartitionIsUnwrittenAndGoesOnAfterTheWrite() {
      run(SETTINGS);
      send(one, 1);
      send(zero, 1, 2, 3, 4, 5, 6);
      awaitFlushes(zero, 1);
      eventually().until(() -> zero.acknowledgedNumbers().size() == 6);
      send(zero, 7);
      // The other partition's flush shows that the stage has been working since.
      pass(INTERVAL);
      awaitFlushes(one, 1);
      assertThat(zero.acknowledgedNumbers()).hasSize(6);

      zero.answer(CommitOutcome.COMMITTED);

      eventually().until(() -> zero.acknowledgedNumbers().size() == 7);
    }
  }

  @Nested
  class Orders {

    @Test
    void everyOffsetIsAcknowledgedInTheOrderItCame() {
      run(SETTINGS);
      zero.answeringAtOnce();
      downstream.request(1);

      send(zero, 3, 1, 2);

      assertThat(contents(downstream.expectNext())).containsExactly("0:3");
      assertThat(zero.acknowledgedNumbers()).containsExactly(3L, 1L, 2L);
    }

    @Test
    void batchesAreUnpackedAndTheirEventsCounted() {
      run(SETTINGS);
      zero.answeringAtOnce();
      one.answeringAtOnce();
      downstream.request(2);
      CommittableOffsetBatch batch =
          CommittableOffsetBatch.of(
              List.of(
                  zero.offset(2),
                  one.offset(9),
                  zero.offset(4),
                  zero.offset(3),
                  one.offset(8),
                  zero.offset(1),
                  one.offset(7)));

      send(batch);

      CommittableOffsetBatch first = downstream.expectNext();
      CommittableOffsetBatch second = downstream.expectNext();
      assertThat(contents(first.updated(second))).containsExactly("0:4", "1:9");
      assertThat(first.batchSize() + second.batchSize()).isEqualTo(7);
      assertThat(zero.acknowledgedNumbers()).containsExactly(4L);
      assertThat(one.acknowledgedNumbers()).containsExactly(9L);
    }

    @Test
    void unorderedOffsetsOfABatchAreAllAcknowledged() {
      ControllableEpoch unordered = new ControllableEpoch("5", 1, Acknowledgement.UNORDERED);
      epochs.add(unordered);
      unordered.answeringAtOnce();
      run(SETTINGS);
      downstream.request(1);

      send(
          CommittableOffsetBatch.of(
              List.of(unordered.offset(5), unordered.offset(2), unordered.offset(4))));

      CommittableOffsetBatch stored = downstream.expectNext();
      assertThat(unordered.acknowledgedNumbers()).containsExactly(5L, 2L, 4L);
      assertThat(contents(stored)).containsExactly("5:5");
      assertThat(stored.batchSize()).isEqualTo(3);
    }

    @Test
    void anEmptyBatchDoesNothing() {
      run(SETTINGS.withMaxBatch(1));
      send(CommittableOffsetBatch.empty());
      send(zero, 1);

      awaitFlushes(zero, 1);
    }
  }

  @Nested
  class Epochs {

    private final ControllableEpoch newer = epoch("0", 2);

    @Test
    void aNewerOneReplacesAnOlderOneWhoseOffsetsAreDropped() {
      run(SETTINGS);
      newer.answeringAtOnce();
      downstream.request(1);
      send(zero, 1, 2);
      send(newer, 1);
      send(zero, 3);
      send(newer, 2, 3);

      CommittableOffsetBatch batch = downstream.expectNext();
      assertThat(contents(batch)).containsExactly("0:3");
      assertThat(batch.batchSize()).isEqualTo(3);
      assertThat(zero.flushes()).isEmpty();
      assertThat(zero.acknowledgedNumbers()).containsExactly(1L, 2L);
      assertThat(zero.droppedEvents()).isEqualTo(1);
      assertThat(zero.committers()).isZero();
    }

    @Test
    void aLateAnswerForAnOlderOneIsTakenAndItsFailureIsNotOneOfTheStream() {
      run(SETTINGS);
      newer.answeringAtOnce();
      downstream.request(2);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      send(newer, 4);
      settle();

      zero.refuse(new CheckpointWriteException("too late"));

      send(newer, 5, 6);
      assertThat(contents(downstream.expectNext())).containsExactly("0:6");
      downstream.expectNoMessage(scala.concurrent.duration.Duration.Zero());
    }

    @Test
    void aLateAnswerForAnOlderOneThatWasStoredIsEmitted() {
      run(SETTINGS);
      downstream.request(1);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      send(newer, 4);
      settle();

      zero.answer(CommitOutcome.COMMITTED);

      assertThat(contents(downstream.expectNext())).containsExactly("0:3");
    }

    @Test
    void aFullOlderOneDoesNotBlockTheStreamWhenItIsReplaced() {
      run(SETTINGS);
      send(zero, 1, 2, 3, 4, 5);
      settle();
      send(CommittableOffsetBatch.of(List.of(zero.offset(6), newer.offset(1))));
      send(newer, 2, 3);

      awaitFlushes(newer, 1);
    }

    @Test
    void eachIsJoinedOnce() {
      run(SETTINGS);
      send(zero, 1);
      send(one, 1);
      send(zero, 2);
      send(one, 2);
      settle();

      assertThat(zero.joins()).isEqualTo(1);
      assertThat(one.joins()).isEqualTo(1);
    }
  }

  @Nested
  class NextOffsetObserved {

    private final CommitterSettings settings =
        SETTINGS.withMaxBatch(2).withWhen(CommitWhen.NEXT_OFFSET_OBSERVED);

    @Test
    void anOffsetIsAcknowledgedWhenADifferentOneOfItsPartitionFollows() {
      run(settings);
      send(zero, 1, 1, 1);
      send(one, 1);
      settle();
      assertThat(zero.acknowledgedNumbers()).isEmpty();

      send(zero, 2);
      settle();

      assertThat(zero.acknowledgedNumbers()).containsExactly(1L);
      assertThat(one.acknowledgedNumbers()).isEmpty();
    }

    @Test
    void theLastOffsetIsStoredWhenTheStreamCompletes() {
      run(settings);
      zero.answeringAtOnce();
      downstream.request(1);
      send(zero, 1, 1, 2, 2);
      upstream.sendComplete();

      CommittableOffsetBatch batch = downstream.expectNext();
      assertThat(contents(batch)).containsExactly("0:2");
      assertThat(batch.batchSize()).isEqualTo(2);
      assertThat(zero.acknowledgedNumbers()).containsExactly(1L, 2L);
      downstream.expectComplete();
    }

    @Test
    void theLastOffsetIsLeftOutWhenTheStreamFails() {
      run(settings);
      zero.answeringAtOnce();
      IllegalStateException failure = new IllegalStateException("of the stream");
      send(zero, 1, 2);
      upstream.sendError(failure);

      assertThat(downstream.expectError()).isSameAs(failure);
      assertThat(zero.acknowledgedNumbers()).containsExactly(1L);
      assertThat(zero.flushes()).hasSize(1);
    }

    @Test
    void theLastOffsetIsLeftOutWhenTheStreamIsCancelled() {
      run(settings);
      zero.answeringAtOnce();
      send(zero, 1, 2);
      settle();
      downstream.cancel();
      upstream.expectCancellation();

      awaitFlushes(zero, 1);
      assertThat(zero.acknowledgedNumbers()).containsExactly(1L);
    }
  }
}
