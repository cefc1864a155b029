// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.receive.FakePlacement.Assigned;
import java.time.Duration;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Materializer;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.StreamTestKit;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionedSourceTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("PartitionedSourceTest");
  private static final Duration A_MOMENT = Duration.ofMillis(150);

  private final Materializer materializer = Materializer.createMaterializer(SYSTEM);
  private final FakePlacement placement = new FakePlacement();
  private final Pair<
          SourceLifetime,
          TestSubscriber.Probe<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>>>
      running =
          Source.fromGraph(
                  PartitionedSource.committable(
                      FakePlacement.settings(),
                      Subscriptions.clusterSharded(),
                      (system, subscription) -> placement))
              .toMat(TestSink.create(SYSTEM), Keep.both())
              .run(materializer);
  private final TestSubscriber.Probe<Pair<EventHubPartition, Source<CommittableEvent, NotUsed>>>
      partitions = running.second();

  @BeforeEach
  void start() throws Exception {
    partitions.ensureSubscription();
    placement.stream();
  }

  @AfterEach
  void everyStageHasStopped() {
    running.first().stop();
    StreamTestKit.assertAllStagesStopped(materializer);
    materializer.shutdown();
  }

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  private Source<CommittableEvent, NotUsed> nextSource() {
    return partitions.requestNext().second();
  }

  private TestSubscriber.Probe<CommittableEvent> run(Source<CommittableEvent, NotUsed> source) {
    return source.runWith(TestSink.create(SYSTEM), materializer);
  }

  private static void expect(TestSubscriber.Probe<CommittableEvent> probe, long from, long to) {
    probe.request(to - from + 1);
    for (long i = from; i <= to; i++) {
      assertThat(probe.expectNext().sequenceNumber()).isEqualTo(i);
    }
  }

  @Test
  void eachPartitionComesWithItsOwnEventsInTheirOrder() throws Exception {
    Assigned first = placement.assign("0");
    Assigned second = placement.assign("1");
    Pair<EventHubPartition, Source<CommittableEvent, NotUsed>> firstPair = partitions.requestNext();
    TestSubscriber.Probe<CommittableEvent> firstEvents = run(firstPair.second());
    TestSubscriber.Probe<CommittableEvent> secondEvents = run(nextSource());

    second.receive(100);
    first.receive(3);

    assertThat(firstPair.first()).isEqualTo(first.session().partition());
    expect(secondEvents, 0, 99);
    expect(firstEvents, 0, 2);
  }

  @Test
  void aRevokedPartitionsSourceCompletesWithoutWhatItHadNotEmitted() throws Exception {
    Assigned partition = placement.assign("0").receive(10);
    TestSubscriber.Probe<CommittableEvent> events = run(nextSource());
    expect(events, 0, 2);

    partition.revoke();

    events.expectComplete();
    assertThat(partition.abandonments()).isZero();
    assertThat(partition.isDrained()).isFalse();
    partition.session().sourceEnded(System.nanoTime(), true);
    await().until(partition::isDrained);
  }

  @Test
  void theOtherPartitionsGoOn() throws Exception {
    Assigned revoked = placement.assign("0");
    Assigned kept = placement.assign("1");
    TestSubscriber.Probe<CommittableEvent> revokedEvents = run(nextSource());
    TestSubscriber.Probe<CommittableEvent> keptEvents = run(nextSource());
    revokedEvents.ensureSubscription();

    revoked.revoke();
    revokedEvents.expectComplete();

    kept.receive(1);
    expect(keptEvents, 0, 0);
  }

  @Test
  void aRevokedPartitionThatNobodyRanIsDrainedAtOnceAndItsSourceIsEmpty() throws Exception {
    Assigned partition = placement.assign("0").receive(5);
    Source<CommittableEvent, NotUsed> source = nextSource();

    partition.revoke();

    await().until(partition::isDrained);
    TestSubscriber.Probe<CommittableEvent> events = run(source);
    events.request(1);
    events.expectComplete();
  }

  @Test
  void aPartitionRevokedBeforeItWasAskedForIsNeverEmitted() throws Exception {
    Assigned revoked = placement.assign("0");
    revoked.revoke();
    await().until(revoked::isDrained);
    placement.assign("1");

    assertThat(partitions.requestNext().first().partitionId()).isEqualTo("1");
    partitions.request(1);
    partitions.expectNoMessage(A_MOMENT);
  }

  @Test
  void aSourceCannotBeRunTwice() throws Exception {
    Assigned partition = placement.assign("0").receive(1);
    Source<CommittableEvent, NotUsed> source = nextSource();
    TestSubscriber.Probe<CommittableEvent> first = run(source);
    // It is subscribed to before it has started, and the second one might start before it.
    expect(first, 0, 0);

    assertThat(run(source).expectSubscriptionAndError())
        .isInstanceOf(EventHubsException.class)
        .hasMessageContaining("orders/$Default/0 can be run only once");

    partition.receive(1);
    expect(first, 1, 1);
    assertThat(partition.abandonments()).isZero();
  }

  @Test
  void aSourceThatTheUserCancelsIsOfferedAgain() throws Exception {
    Assigned partition = placement.assign("0").receive(5);
    TestSubscriber.Probe<CommittableEvent> events = run(nextSource());
    expect(events, 0, 1);

    events.cancel();

    await().until(() -> partition.abandonments() == 1);
    partition.revoke();
    assertThat(partition.isDrained()).as("two events are unacknowledged").isFalse();

    // As the owner does after the drain.
    placement.assign("0").receive(1);
    expect(run(nextSource()), 0, 0);
  }

  @Test
  void aSourceWhoseStreamFailsIsOfferedAgainWithoutWaitingForAcknowledgements() throws Exception {
    Assigned partition = placement.assign("0").receive(5);
    TestSubscriber.Probe<CommittableEvent> events =
        run(
            nextSource()
                .map(
                    event -> {
                      throw new IllegalStateException("poison");
                    }));
    events.request(1);
    assertThat(events.expectError()).hasMessage("poison");

    await().until(() -> partition.abandonments() == 1);
    partition.revoke();

    await().until(partition::isDrained);
  }

  @Test
  void stopCompletesTheSourceAndThoseOfItsPartitions() throws Exception {
    Assigned partition = placement.assign("0").receive(5);
    Assigned neverRun = placement.assign("1");
    Assigned neverAskedFor = placement.assign("2");
    TestSubscriber.Probe<CommittableEvent> events = run(nextSource());
    nextSource();
    expect(events, 0, 0);

    running.first().stop();

    partitions.expectComplete();
    events.expectComplete();
    assertThat(placement.leavingReason()).isEqualTo("the stream has stopped");
    for (Assigned idle : new Assigned[] {neverRun, neverAskedFor}) {
      idle.revoke();
      await().until(idle::isDrained);
    }
    assertThat(partition.abandonments()).isZero();
  }

  @Test
  void pauseSilencesThePartitionsAndResumeWakesThem() throws Exception {
    Assigned partition = placement.assign("0");
    TestSubscriber.Probe<CommittableEvent> events = run(nextSource());
    running.first().pause();
    partition.receive(2);
    events.request(2);
    events.expectNoMessage(A_MOMENT);

    running.first().resume();

    expect(events, 0, 1);
  }

  @Test
  void aFailureOfThePlacementFailsTheSourceAndCompletesThoseOfItsPartitions() throws Exception {
    Assigned partition = placement.assign("0").receive(1);
    TestSubscriber.Probe<CommittableEvent> events = run(nextSource());
    expect(events, 0, 0);

    placement.stream().fail(new IllegalStateException("unreadable"));

    assertThat(partitions.expectError()).hasMessage("unreadable");
    events.expectComplete();
    partition.revoke();
    await().until(partition::isDrained);
  }
}
