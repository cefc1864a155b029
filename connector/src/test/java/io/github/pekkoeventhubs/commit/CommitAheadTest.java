// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.EventHubsException;
import java.util.List;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.StreamTestKit;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CommitAheadTest {

  private static final ActorTestKit KIT = ActorTestKit.create(ConfigFactory.load());
  private static final PartitionContext CONTEXT =
      new PartitionContext("test.servicebus.windows.net", "orders", "$Default", "0");

  private final ControllableEpoch epoch = ControllableEpoch.ofPartition("0");
  private TestPublisher.Probe<CommittableEvent> upstream;
  private TestSubscriber.Probe<PartitionEvent> downstream;

  @AfterAll
  static void shutDown() {
    KIT.shutdownTestKit();
  }

  @BeforeEach
  void run() {
    var probes =
        TestSource.<CommittableEvent>create(KIT.system().classicSystem())
            .via(new CommitAhead(3))
            .toMat(TestSink.<PartitionEvent>create(KIT.system().classicSystem()), Keep.both())
            .run(KIT.system());
    upstream = probes.first();
    downstream = probes.second();
  }

  @AfterEach
  void nothingIsHeldAtTheEnd() {
    StreamTestKit.assertAllStagesStopped(KIT.system());
    assertThat(epoch.drainHolds()).isZero();
  }

  private CommittableEvent event(long number) {
    return new CommittableEvent(
        new PartitionEvent(CONTEXT, new EventData(Long.toString(number)), null),
        epoch.offset(number));
  }

  private void send(long from, long to) {
    for (long number = from; number < to; number++) {
      upstream.sendNext(event(number));
    }
  }

  private void expect(long... numbers) {
    for (long number : numbers) {
      assertThat(downstream.expectNext().getData().getBodyAsString())
          .isEqualTo(Long.toString(number));
    }
  }

  private void awaitFlushes(int count) {
    await().until(() -> epoch.flushes().size() == count);
  }

  @Test
  void emitsNothingBeforeTheStoreHasAnswered() {
    downstream.request(10);
    send(1, 2);
    awaitFlushes(1);

    downstream.expectNoMessage();
    assertThat(epoch.drainHolds()).isEqualTo(1);
    epoch.answer(CommitOutcome.COMMITTED);
    expect(1);
    upstream.sendComplete();
    downstream.expectComplete();
  }

  @Test
  void commitsBatchesOfAtMostTheGivenSizeOneAfterTheOther() {
    downstream.request(100);
    send(1, 2);
    awaitFlushes(1);
    // No more than fits the buffer between the probe and the stage, which asks for nothing now.
    send(2, 15);
    epoch.answerEverything();
    for (long number = 1; number < 15; number++) {
      expect(number);
    }
    upstream.sendComplete();
    downstream.expectComplete();

    List<Integer> acknowledged = epoch.flushes().stream().map(List::size).toList();
    assertThat(acknowledged).startsWith(1).endsWith(14);
    for (int flush = 1; flush < acknowledged.size(); flush++) {
      assertThat(acknowledged.get(flush) - acknowledged.get(flush - 1)).isBetween(1, 3);
    }
    assertThat(epoch.mostFlushesAtOnce()).isEqualTo(1);
  }

  @Test
  void commitsNothingFurtherWhileDownstreamDoesNotTakeWhatIsCommitted() {
    epoch.answeringAtOnce();
    downstream.request(1);
    send(1, 2);
    expect(1);
    send(2, 8);
    downstream.expectNoMessage();
    assertThat(epoch.acknowledgedNumbers()).containsExactly(1L);

    downstream.request(1);
    expect(2);
    assertThat(epoch.acknowledgedNumbers()).containsExactly(1L, 2L, 3L, 4L);
    assertThat(epoch.drainHolds()).isEqualTo(1);
    downstream.request(2);
    expect(3, 4);
    downstream.expectNoMessage();
    assertThat(epoch.flushes()).as("before anything is asked for").hasSize(2);

    downstream.request(10);
    expect(5, 6, 7);
    upstream.sendComplete();
    downstream.expectComplete();
  }

  @Test
  void whatWasGatheredIsCommittedAndEmittedAfterTheUpstreamHasCompleted() {
    downstream.request(10);
    send(1, 4);
    awaitFlushes(1);
    upstream.sendComplete();
    epoch.answerEverything();

    expect(1, 2, 3);
    downstream.expectComplete();
  }

  @Test
  void whatAnotherOwnerReadsByNowIsNotEmitted() {
    downstream.request(10);
    send(1, 2);
    awaitFlushes(1);
    epoch.answer(CommitOutcome.DROPPED_NOT_OWNER);
    upstream.sendComplete();

    downstream.expectComplete();
  }

  @Test
  void aCommitThatFailsFailsTheStream() {
    IllegalStateException refusal = new IllegalStateException("refused");
    downstream.request(10);
    send(1, 2);
    awaitFlushes(1);
    epoch.refuse(refusal);

    assertThat(downstream.expectError()).isSameAs(refusal);
    upstream.expectCancellation();
  }

  @Test
  void aFailureOrACancellationLetsTheDrainGo() {
    downstream.request(10);
    send(1, 2);
    awaitFlushes(1);
    downstream.cancel();

    upstream.expectCancellation();
    await().until(() -> epoch.drainHolds() == 0);
  }

  @Test
  void aFaultOfItsOwnFailsItAsOneOfOurs() {
    IllegalStateException bug = new IllegalStateException("in the stage");
    epoch.throwingOnFlush(bug);
    downstream.request(1);
    send(0, 1);

    assertThat(downstream.expectError())
        .isInstanceOf(EventHubsException.class)
        .hasMessageContaining("please report it")
        .hasCause(bug);
    upstream.expectCancellation();
  }
}
