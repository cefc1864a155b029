// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a committer stores the acknowledged events of a partition. */
class CommitterFlushesTest extends CommitterStageFixture {

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
}
