// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.EventHubsException;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** How a committer ends. */
class CommitterEndTest extends CommitterStageFixture {

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
    void failsAlsoIfTheEpochThrowsAndNamesTheFaultAsOneOfOurs() {
      run(SETTINGS);
      IllegalStateException bug = new IllegalStateException("in the epoch");
      zero.throwingOnFlush(bug);
      send(zero, 1, 2, 3);

      assertIsOurs(downstream.expectError(), bug);
    }

    @Test
    void failsWithAFaultOfItsOwnAsOneOfOurs() {
      run(SETTINGS);
      IllegalStateException bug = new IllegalStateException("in the stage");
      zero.onAcknowledgement(
          () -> {
            throw bug;
          });
      send(zero, 1);

      assertIsOurs(downstream.expectError(), bug);
      upstream.expectCancellation();
    }

    private void assertIsOurs(Throwable failure, Throwable bug) {
      assertThat(failure)
          .isInstanceOf(EventHubsException.class)
          .hasMessageContaining("the committer")
          .hasMessageContaining("please report it")
          .hasCause(bug);
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
