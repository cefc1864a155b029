// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommitWhen;
import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.ManualTime;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.StreamTestKit;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The stage between two probes, with virtual time and stores that answer when they are told to. */
class CommitterStageTest {

  private static final ActorTestKit KIT =
      ActorTestKit.create(ManualTime.config().withFallback(ConfigFactory.load()));
  private static final ManualTime TIME = ManualTime.get(KIT.system());
  private static final Duration INTERVAL = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(1);
  private static final Duration FLUSH_TIMEOUT = Duration.ofSeconds(3);

  /** Without idle flush, so that it does not mix into the other triggers. */
  private static final CommitterSettings SETTINGS =
      CommitterSettings.create(KIT.system())
          .withMaxBatch(3)
          .withMaxInterval(INTERVAL)
          .withIdleFlushDelay(INTERVAL)
          .withMaxUnwritten(6)
          .withFlushTimeout(FLUSH_TIMEOUT);

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1_000_000_000L);
  private final List<ControllableEpoch> epochs = new ArrayList<>();
  private final ControllableEpoch zero = epoch("0", 1);
  private final ControllableEpoch one = epoch("1", 1);

  // Each test sets both by its first call, which is run.
  @SuppressWarnings("NullAway.Init")
  private TestPublisher.Probe<Committable> upstream;

  @SuppressWarnings("NullAway.Init")
  private TestSubscriber.Probe<CommittableOffsetBatch> downstream;

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @AfterEach
  void everythingStops() {
    epochs.forEach(ControllableEpoch::answerEverything);
    downstream.cancel();
    StreamTestKit.assertAllStagesStopped(KIT.system());
    assertThat(epochs).allMatch(epoch -> epoch.committers() == 0);
    assertThat(epochs).allMatch(epoch -> epoch.mostFlushesAtOnce() <= 1);
  }

  private ControllableEpoch epoch(String partition, long number) {
    ControllableEpoch epoch = new ControllableEpoch(partition, number, Acknowledgement.ORDERED);
    epochs.add(epoch);
    return epoch;
  }

  private void run(CommitterSettings settings) {
    run(settings, clock::get);
  }

  private void run(CommitterSettings settings, LongSupplier nanoTime) {
    Pair<TestPublisher.Probe<Committable>, TestSubscriber.Probe<CommittableOffsetBatch>> probes =
        TestSource.<Committable>create(KIT.system())
            .via(new CommitterStage<>(settings, nanoTime))
            .toMat(TestSink.create(KIT.system()), Keep.both())
            .withAttributes(Attributes.inputBuffer(1, 1))
            .run(KIT.system());
    upstream = probes.first();
    downstream = probes.second();
    downstream.ensureSubscription();
  }

  private void send(Committable... committables) {
    for (Committable committable : committables) {
      upstream.sendNext(committable);
    }
  }

  private void send(ControllableEpoch epoch, long... sequenceNumbers) {
    LongStream.of(sequenceNumbers).forEach(number -> send(epoch.offset(number)));
  }

  /** Returns when the stage has handled everything that was sent and every timer that is due. */
  private void settle() {
    send(barrier());
    awaitBarriers();
  }

  private final List<ControllableEpoch> barriers = new ArrayList<>();

  /** The offset of an epoch that is over is dropped, which is seen when the epoch is asked. */
  private CommittableOffset barrier() {
    ControllableEpoch barrier = new ControllableEpoch("barrier", 1, Acknowledgement.ORDERED);
    barrier.end();
    barriers.add(barrier);
    return barrier.offset(0);
  }

  private void awaitBarriers() {
    eventually()
        .until(() -> barriers.stream().allMatch(ControllableEpoch::wasAskedWhetherItIsOver));
  }

  private static ConditionFactory eventually() {
    return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
  }

  private void pass(Duration time) {
    clock.addAndGet(time.toNanos());
    TIME.timePasses(time);
  }

  private static void awaitFlushes(ControllableEpoch epoch, int count) {
    eventually().until(() -> epoch.flushes().size() >= count);
    assertThat(epoch.flushes()).hasSize(count);
  }

  private static List<String> contents(CommittableOffsetBatch batch) {
    return batch.offsets().stream()
        .map(o -> o.partition().partitionId() + ":" + o.sequenceNumber())
        .sorted()
        .toList();
  }

  @Nested
  class Flushes {

    @Test
    void whenTheBatchIsFull() {
      run(SETTINGS);
      send(zero, 1, 2);
      settle();
      assertThat(zero.flushes()).isEmpty();

      send(zero, 3);

      awaitFlushes(zero, 1);
      assertThat(zero.flushes().get(0)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void countsEachPartitionForItself() {
      run(SETTINGS);
      send(zero, 1, 2);
      send(one, 1, 2);
      settle();
      assertThat(zero.flushes()).isEmpty();
      assertThat(one.flushes()).isEmpty();

      send(one, 3);

      awaitFlushes(one, 1);
      assertThat(zero.flushes()).isEmpty();
    }

    @Test
    void whenTheIntervalHasPassedSinceTheFirstUnflushedOffset() {
      run(SETTINGS);
      send(zero, 1);
      settle();
      pass(INTERVAL.minusMillis(1));
      send(zero, 2);
      settle();
      assertThat(zero.flushes()).isEmpty();

      pass(Duration.ofMillis(1));

      awaitFlushes(zero, 1);
      assertThat(zero.flushes().get(0)).containsExactly(1L, 2L);
    }

    @Test
    void whenTheIntervalPassesAsSoonAsTheOffsetIsAcknowledged() {
      run(SETTINGS);
      zero.onAcknowledgement(() -> pass(INTERVAL));

      send(zero, 1);

      awaitFlushes(zero, 1);
    }

    /** After the first reading, which precedes the acknowledgement. */
    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void whenTheIntervalPassesBeforeItsTimerIsStarted(int reading) {
      AtomicInteger readings = new AtomicInteger();
      run(
          SETTINGS,
          () -> {
            long now = clock.get();
            if (readings.incrementAndGet() == reading) {
              pass(INTERVAL);
            }
            return now;
          });

      send(zero, 1);

      awaitFlushes(zero, 1);
    }

    @Test
    void startsTheIntervalAnewAfterAFlush() {
      run(SETTINGS);
      zero.answeringAtOnce();
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      pass(INTERVAL.minusMillis(1));
      send(zero, 4);
      settle();
      pass(INTERVAL.minusMillis(1));
      settle();
      assertThat(zero.flushes()).hasSize(1);

      pass(Duration.ofMillis(1));

      awaitFlushes(zero, 2);
    }

    @Test
    void nothingWhenNothingWasAcknowledged() {
      run(SETTINGS);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      zero.answer(CommitOutcome.COMMITTED);
      settle();
      pass(INTERVAL.multipliedBy(3));
      settle();

      assertThat(zero.flushes()).hasSize(1);
    }

    @Test
    void whenTheStreamIsIdle() {
      run(SETTINGS.withIdleFlushDelay(IDLE));
      // In one batch, so that nothing comes after the offsets.
      send(CommittableOffsetBatch.of(List.of(zero.offset(1), one.offset(7), barrier())));
      awaitBarriers();

      pass(IDLE);

      awaitFlushes(zero, 1);
      awaitFlushes(one, 1);
    }

    @Test
    void notAsIdleWhileOffsetsKeepComing() {
      run(SETTINGS.withMaxBatch(6).withIdleFlushDelay(IDLE));
      for (int i = 1; i <= 4; i++) {
        send(zero, i);
        settle();
        pass(IDLE);
        settle();
        assertThat(zero.flushes()).isEmpty();
      }

      pass(IDLE);
      awaitFlushes(zero, 1);
    }

    @Test
    void whatComesDuringAWriteWithTheNextOne() {
      run(SETTINGS);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      send(zero, 4, 5);
      settle();
      assertThat(zero.flushes()).hasSize(1);

      send(zero, 6);
      zero.answer(CommitOutcome.COMMITTED);

      awaitFlushes(zero, 2);
      assertThat(zero.flushes().get(1)).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    }

    @Test
    void aSlowStoreLessOften() {
      run(SETTINGS);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      pass(Duration.ofSeconds(2));
      zero.answer(CommitOutcome.COMMITTED);
      settle();
      // The batch is full at once, but the store has earned a pause of two seconds.
      send(zero, 4, 5, 6);
      settle();
      pass(Duration.ofMillis(1999));
      settle();
      assertThat(zero.flushes()).hasSize(1);
      pass(Duration.ofMillis(1));
      awaitFlushes(zero, 2);

      // It is fast again, and so are the flushes.
      zero.answer(CommitOutcome.COMMITTED);
      settle();
      send(zero, 7, 8, 9);

      awaitFlushes(zero, 3);
    }

    @Test
    void aSlowStoreWithoutPauseWhenTooMuchIsUnwritten() {
      run(SETTINGS);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      pass(Duration.ofSeconds(2));
      zero.answer(CommitOutcome.COMMITTED);
      settle();
      send(zero, 4, 5, 6, 7, 8, 9);

      awaitFlushes(zero, 2);
    }

    @Test
    void noMorePartitionsAtOnceThanAllowed() {
      run(SETTINGS.withMaxBatch(1).withParallelism(1));
      send(zero, 1);
      awaitFlushes(zero, 1);
      send(one, 1, 2);
      settle();
      assertThat(one.flushes()).isEmpty();

      zero.answer(CommitOutcome.COMMITTED);

      awaitFlushes(one, 1);
      assertThat(one.flushes().get(0)).containsExactly(1L, 2L);
    }
  }

  @Nested
  class HandsOver {

    @Test
    void byStoringAtOnceAndThenEachOffset() {
      run(SETTINGS);
      send(zero, 1);
      send(one, 1);
      settle();

      zero.startDraining();

      awaitFlushes(zero, 1);
      zero.answer(CommitOutcome.COMMITTED);
      send(zero, 2);
      awaitFlushes(zero, 2);
      send(zero, 3, 4);
      settle();
      assertThat(zero.flushes()).hasSize(2);
      zero.answer(CommitOutcome.COMMITTED);
      awaitFlushes(zero, 3);
      assertThat(one.flushes()).isEmpty();
    }

    @Test
    void alsoIfDrainingHadBegunBeforeTheFirstOffset() {
      zero.startDraining();
      run(SETTINGS);

      send(zero, 1);

      awaitFlushes(zero, 1);
    }

    @Test
    void withoutAPauseForASlowStore() {
      run(SETTINGS);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      pass(Duration.ofSeconds(4));
      zero.answer(CommitOutcome.COMMITTED);
      settle();
      zero.startDraining();

      send(zero, 4);

      awaitFlushes(zero, 2);
    }

    @Test
    void aheadOfThePartitionsThatWaitForAFreePlace() {
      ControllableEpoch two = epoch("2", 1);
      run(SETTINGS.withMaxBatch(1).withParallelism(1));
      two.startDraining();
      send(zero, 1);
      awaitFlushes(zero, 1);
      send(one, 1);
      send(two, 1);
      settle();

      zero.answer(CommitOutcome.COMMITTED);

      awaitFlushes(two, 1);
      assertThat(one.flushes()).isEmpty();
    }

    @Test
    void aheadOfTheOthersAlsoIfItWaitsForAFreePlaceAlready() {
      ControllableEpoch two = epoch("2", 1);
      run(SETTINGS.withMaxBatch(1).withParallelism(1));
      send(zero, 1);
      awaitFlushes(zero, 1);
      send(one, 1);
      send(two, 1);
      settle();
      two.startDraining();
      settle();

      zero.answer(CommitOutcome.COMMITTED);

      awaitFlushes(two, 1);
      assertThat(one.flushes()).isEmpty();
    }

    @Test
    void andLeavesAnEpochThatHasEndedInstead() {
      run(SETTINGS);
      send(zero, 1);
      settle();
      zero.end();
      zero.startDraining();
      awaitFlushes(zero, 1);
      zero.answer(CommitOutcome.DROPPED_NOT_OWNER);

      eventually().until(() -> zero.committers() == 0);
      send(zero, 2);
      settle();
      assertThat(zero.acknowledgedNumbers()).containsExactly(1L);
      assertThat(zero.joins()).isEqualTo(1);
    }

    @Test
    void andLeavesAnEpochThatIsOver() {
      run(SETTINGS);
      zero.answeringAtOnce();
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      settle();
      zero.end();

      send(one, 1);
      settle();

      assertThat(zero.committers()).isZero();
      assertThat(one.committers()).isEqualTo(1);
    }
  }

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
    void aBatchAlsoForWhatWasDroppedSinceThePartitionHasAnotherOwner() {
      run(SETTINGS);
      downstream.request(1);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);

      zero.answer(CommitOutcome.DROPPED_NOT_OWNER);

      assertThat(contents(downstream.expectNext())).containsExactly("0:3");
    }
  }

  @Nested
  class StopsPulling {

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

      assertThat(contents(downstream.expectNext())).containsExactly("0:3");
      send(newer, 5, 6);
      assertThat(contents(downstream.expectNext())).containsExactly("0:6");
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

  @Nested
  class OnCompletion {

    @Test
    void storesEverythingAndThenCompletes() {
      run(SETTINGS);
      downstream.request(2);
      send(zero, 1);
      send(one, 1);
      upstream.sendComplete();
      awaitFlushes(zero, 1);
      awaitFlushes(one, 1);
      zero.answer(CommitOutcome.COMMITTED);
      assertThat(contents(downstream.expectNext())).containsExactly("0:1");
      // Whose last write is done is free to be handed over.
      eventually().until(() -> zero.committers() == 0);
      assertThat(one.committers()).isEqualTo(1);

      one.answer(CommitOutcome.COMMITTED);

      assertThat(contents(downstream.expectNext())).containsExactly("1:1");
      downstream.expectComplete();
    }

    @Test
    void storesWhatCameDuringTheLastWrite() {
      run(SETTINGS);
      downstream.request(3);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);
      send(zero, 4);
      upstream.sendComplete();
      zero.answer(CommitOutcome.COMMITTED);
      assertThat(contents(downstream.expectNext())).containsExactly("0:3");
      awaitFlushes(zero, 2);
      zero.answer(CommitOutcome.COMMITTED);

      assertThat(contents(downstream.expectNext())).containsExactly("0:4");
      downstream.expectComplete();
    }

    @Test
    void keepsTheLastBatchUntilItIsAskedFor() {
      run(SETTINGS);
      zero.answeringAtOnce();
      send(zero, 1);
      upstream.sendComplete();
      eventually().until(() -> zero.committers() == 0);

      downstream.request(1);

      assertThat(contents(downstream.expectNext())).containsExactly("0:1");
      downstream.expectComplete();
    }

    @Test
    void completesAtOnceIfThereIsNothingToStore() {
      run(SETTINGS);
      upstream.sendComplete();

      downstream.expectComplete();
    }

    @Test
    void observesTheParallelism() {
      run(SETTINGS.withParallelism(1));
      downstream.request(2);
      send(zero, 1);
      send(one, 1);
      upstream.sendComplete();
      eventually().until(() -> zero.unansweredFlushes() + one.unansweredFlushes() == 1);
      ControllableEpoch first = zero.unansweredFlushes() == 1 ? zero : one;
      ControllableEpoch second = first == zero ? one : zero;
      first.answer(CommitOutcome.COMMITTED);
      awaitFlushes(second, 1);
      second.answer(CommitOutcome.COMMITTED);

      downstream.expectNextN(2);
      downstream.expectComplete();
    }

    @Test
    void waitsForTheStoreAlsoIfBatchesDoNot() {
      run(SETTINGS.withDelivery(CommitDelivery.SEND_AND_FORGET));
      downstream.request(1);
      send(zero, 1);
      upstream.sendComplete();
      downstream.expectNext();
      downstream.expectNoMessage(scala.concurrent.duration.Duration.Zero());

      zero.refuse(new CheckpointWriteException("refused"));

      downstream.expectComplete();
    }
  }

  @Nested
  class OnFailure {

    private final IllegalStateException failure = new IllegalStateException("of the stream");

    @Test
    void storesWhatIsAcknowledgedAndThenFailsWithTheOriginalError() {
      run(SETTINGS);
      send(zero, 1);
      upstream.sendError(failure);
      awaitFlushes(zero, 1);
      downstream.expectNoMessage(scala.concurrent.duration.Duration.Zero());

      zero.answer(CommitOutcome.COMMITTED);

      assertThat(downstream.expectError()).isSameAs(failure);
    }

    @Test
    void failsWithTheOriginalErrorAlsoIfTheLastWriteFails() {
      run(SETTINGS);
      CheckpointWriteException refused = new CheckpointWriteException("refused");
      send(zero, 1);
      upstream.sendError(failure);
      awaitFlushes(zero, 1);

      zero.refuse(refused);

      assertThat(downstream.expectError()).isSameAs(failure).hasSuppressedException(refused);
    }

    @Test
    void waitsNoLongerThanTheTimeout() {
      run(SETTINGS);
      send(zero, 1);
      upstream.sendError(failure);
      awaitFlushes(zero, 1);

      pass(FLUSH_TIMEOUT);

      assertThat(downstream.expectError()).isSameAs(failure);
      eventually().until(() -> zero.committers() == 0);
    }
  }

  @Nested
  class OnAFailedWrite {

    private final CheckpointWriteException refused = new CheckpointWriteException("refused");

    @Test
    void cancelsUpstreamStoresTheOthersAndFails() {
      run(SETTINGS);
      send(one, 1);
      send(zero, 1, 2, 3);
      awaitFlushes(zero, 1);

      zero.refuse(refused);

      upstream.expectCancellation();
      awaitFlushes(one, 1);
      one.answer(CommitOutcome.COMMITTED);
      assertThat(downstream.expectError()).isSameAs(refused);
      assertThat(zero.flushes()).hasSize(1);
    }

    @Test
    void failsAlsoIfTheStreamHasCompletedMeanwhile() {
      run(SETTINGS);
      send(zero, 1);
      upstream.sendComplete();
      awaitFlushes(zero, 1);

      zero.refuse(refused);

      assertThat(downstream.expectError()).isSameAs(refused);
    }

    @Test
    void goesOnIfNobodyWaitsForTheStoreAndRepeatsTheWriteAfterTheInterval() {
      run(SETTINGS.withDelivery(CommitDelivery.SEND_AND_FORGET));
      downstream.request(2);
      send(zero, 1, 2, 3);
      downstream.expectNext();
      zero.refuse(refused);
      settle();
      pass(INTERVAL.minusMillis(1));
      settle();
      assertThat(zero.flushes()).hasSize(1);

      pass(Duration.ofMillis(1));

      awaitFlushes(zero, 2);
      zero.answer(CommitOutcome.COMMITTED);
      settle();
      downstream.expectNoMessage(scala.concurrent.duration.Duration.Zero());
    }

    @Test
    void failsAlsoIfTheEpochThrows() {
      run(SETTINGS);
      IllegalStateException bug = new IllegalStateException("in the epoch");
      zero.throwingOnFlush(bug);
      send(zero, 1, 2, 3);

      assertThat(downstream.expectError()).isSameAs(bug);
    }
  }

  @Nested
  class OnCancellation {

    @Test
    void cancelsUpstreamAndStoresWhatIsAcknowledged() {
      run(SETTINGS);
      send(zero, 1);
      settle();
      downstream.cancel();

      upstream.expectCancellation();
      awaitFlushes(zero, 1);
      assertThat(zero.committers()).isEqualTo(1);
      zero.answer(CommitOutcome.COMMITTED);
      eventually().until(() -> zero.committers() == 0);
    }

    @Test
    void waitsNoLongerThanTheTimeout() {
      run(SETTINGS);
      send(zero, 1);
      settle();
      downstream.cancel();
      upstream.expectCancellation();
      awaitFlushes(zero, 1);

      pass(FLUSH_TIMEOUT);

      eventually().until(() -> zero.committers() == 0);
    }

    @Test
    void endsAlsoWhileTheLastWritesOfACompletedStreamAreUnderWay() {
      run(SETTINGS);
      send(zero, 1);
      upstream.sendComplete();
      awaitFlushes(zero, 1);
      downstream.cancel();
      zero.answer(CommitOutcome.COMMITTED);

      eventually().until(() -> zero.committers() == 0);
    }
  }
}
