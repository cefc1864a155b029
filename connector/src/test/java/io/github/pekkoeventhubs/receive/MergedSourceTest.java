// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.ownership.TestSessions;
import io.github.pekkoeventhubs.receive.FakePlacement.Assigned;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
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
import org.junit.jupiter.api.Test;

class MergedSourceTest {

  private static final ActorSystem SYSTEM = ActorSystem.create("MergedSourceTest");
  private static final Duration A_MOMENT = Duration.ofMillis(150);

  private final Materializer materializer = Materializer.createMaterializer(SYSTEM);
  private final FakePlacement placement = new FakePlacement();

  @AfterEach
  void everyStageHasStopped() {
    StreamTestKit.assertAllStagesStopped(materializer);
    materializer.shutdown();
  }

  @AfterAll
  static void shutDown() {
    TestKit.shutdownActorSystem(SYSTEM);
  }

  private Source<CommittableEvent, SourceLifetime> source(ConsumerSettings settings) {
    return Source.fromGraph(
        MergedSource.committable(
            settings, Subscriptions.clusterSharded(), (system, subscription) -> placement));
  }

  private Pair<SourceLifetime, TestSubscriber.Probe<CommittableEvent>> run() {
    return source(FakePlacement.settings())
        .toMat(TestSink.create(SYSTEM), Keep.both())
        .run(materializer);
  }

  private static String describe(CommittableEvent event) {
    return event.partition().partitionId() + ":" + event.sequenceNumber();
  }

  private static List<CommittableEvent> next(
      TestSubscriber.Probe<CommittableEvent> probe, int events) {
    probe.request(events);
    return LongStream.range(0, events).mapToObj(i -> probe.expectNext()).toList();
  }

  @Test
  void theEventsOfAPartitionComeInTheirOrder() throws Exception {
    TestSubscriber.Probe<CommittableEvent> probe = run().second();
    Assigned partition = placement.assign("0");
    probe.request(200);
    partition.receive(100);

    for (int i = 0; i < 100; i++) {
      assertThat(describe(probe.expectNext())).isEqualTo("0:" + i);
    }
    assertThat(partition.session().lastEmitted()).isEqualTo(99);
    probe.cancel();
  }

  @Test
  void aPartitionThatIsAlwaysFullLeavesTheOthersTheirTurns() throws Exception {
    TestSubscriber.Probe<CommittableEvent> probe = run().second();
    for (String id : List.of("0", "1", "2")) {
      placement.assign(id).receive(200);
    }

    List<String> partitions =
        next(probe, 3 * TurnLength.MOST_EVENTS).stream()
            .map(event -> event.partition().partitionId())
            .toList();

    for (String id : List.of("0", "1", "2")) {
      assertThat(partitions)
          .filteredOn(id::equals)
          .hasSizeGreaterThanOrEqualTo(TurnLength.MOST_EVENTS / 2);
    }
    probe.cancel();
  }

  @Test
  void whatARevokedPartitionHasNotEmittedIsDropped() throws Exception {
    TestSubscriber.Probe<CommittableEvent> probe = run().second();
    Assigned revoked = placement.assign("0").receive(10);
    List<CommittableEvent> emitted = next(probe, 3);

    revoked.revoke();
    Assigned other = placement.assign("1").receive(1);

    assertThat(describe(next(probe, 1).get(0))).isEqualTo("1:0");
    assertThat(revoked.isDrained()).isFalse();
    emitted.forEach(event -> event.committableOffset().acknowledge());
    await().until(revoked::isDrained);
    assertThat(other.session().lastEmitted()).isZero();
    probe.cancel();
  }

  @Test
  void theRemainingPartitionsGoOnWhicheverIsRevoked() throws Exception {
    for (int revoked = 0; revoked < 3; revoked++) {
      FakePlacement fresh = new FakePlacement();
      TestSubscriber.Probe<CommittableEvent> probe =
          Source.fromGraph(
                  MergedSource.committable(
                      FakePlacement.settings(),
                      Subscriptions.clusterSharded(),
                      (system, subscription) -> fresh))
              .runWith(TestSink.create(SYSTEM), materializer);
      List<Assigned> assigned = List.of(fresh.assign("0"), fresh.assign("1"), fresh.assign("2"));
      assigned.get(1).receive(1);
      next(probe, 1);

      assigned.get(revoked).revoke();
      probe.request(2);
      for (int i = 0; i < 3; i++) {
        if (i != revoked) {
          assigned.get(i).receive(1);
          assertThat(probe.expectNext().partition().partitionId()).isEqualTo("" + i);
        }
      }
      probe.cancel();
    }
  }

  @Test
  void aPartitionWithTooMuchUnacknowledgedWaitsAndTheOthersDoNot() throws Exception {
    TestSubscriber.Probe<CommittableEvent> probe = run().second();
    Assigned full = placement.assign("0", 5).receive(100);
    List<CommittableEvent> unacknowledged = next(probe, 5);
    probe.request(8);
    probe.expectNoMessage(A_MOMENT);
    assertThat(full.session().unacknowledged()).isEqualTo(5);

    placement.assign("1").receive(1);
    assertThat(probe.expectNext().partition().partitionId()).isEqualTo("1");
    probe.expectNoMessage(A_MOMENT);

    unacknowledged.get(0).committableOffset().acknowledge();
    assertThat(describe(probe.expectNext())).isEqualTo("0:5");
    probe.expectNoMessage(A_MOMENT);

    unacknowledged.get(4).committableOffset().acknowledge();
    for (int next = 6; next < 10; next++) {
      assertThat(describe(probe.expectNext())).isEqualTo("0:" + next);
    }
    probe.expectNoMessage(A_MOMENT);
    probe.cancel();
  }

  @Test
  void nothingIsEmittedWhilePausedAndEverythingAfterwards() throws Exception {
    Pair<SourceLifetime, TestSubscriber.Probe<CommittableEvent>> running = run();
    TestSubscriber.Probe<CommittableEvent> probe = running.second();
    Assigned partition = placement.assign("0");
    running.first().pause();
    partition.receive(3);
    probe.request(10);
    probe.expectNoMessage(A_MOMENT);

    running.first().resume();

    for (int i = 0; i < 3; i++) {
      assertThat(describe(probe.expectNext())).isEqualTo("0:" + i);
    }
    probe.cancel();
  }

  @Test
  void aClaimThatMayHaveExpiredSilencesThePartitionUntilItsRenewal() throws Exception {
    TestSubscriber.Probe<CommittableEvent> probe = run().second();
    Assigned partition = placement.assign("0");
    TestSessions.validUntil(partition.session(), System.nanoTime());
    partition.receive(1);
    probe.request(1);
    probe.expectNoMessage(A_MOMENT);

    TestSessions.validUntil(partition.session(), TestSessions.FOR_EVER);
    partition.intake().wake();

    assertThat(describe(probe.expectNext())).isEqualTo("0:0");
    probe.cancel();
  }

  @Test
  void stopCompletesTheSourceAndLeavesThePlacement() throws Exception {
    Pair<SourceLifetime, TestSubscriber.Probe<CommittableEvent>> running = run();
    Assigned partition = placement.assign("0").receive(5);
    List<CommittableEvent> emitted = next(running.second(), 2);

    running.first().stop();

    running.second().expectComplete();
    assertThat(placement.leavingReason()).isEqualTo("the stream has stopped");
    assertThat(running.first().whenCompleted().toCompletableFuture().get(15, TimeUnit.SECONDS))
        .isNotNull();
    assertThat(running.first().whenReleased().toCompletableFuture()).isNotDone();
    partition.revoke();
    assertThat(partition.isDrained()).isFalse();
    emitted.forEach(event -> event.committableOffset().acknowledge());
    assertThat(partition.isDrained()).isTrue();
    placement.release();
    assertThat(running.first().whenReleased().toCompletableFuture().get(10, TimeUnit.SECONDS))
        .isNotNull();
  }

  @Test
  void aPartitionAssignedAfterTheEndIsDrainedAtOnce() throws Exception {
    Pair<SourceLifetime, TestSubscriber.Probe<CommittableEvent>> running = run();
    running.second().ensureSubscription();
    placement.stream();
    running.first().stop();
    running.second().expectComplete();
    placement.leavingReason();

    Assigned late = placement.assign("0");
    late.revoke();

    assertThat(late.isDrained()).isTrue();
  }

  @Test
  void aFailureOfThePlacementFailsTheSource() throws Exception {
    TestSubscriber.Probe<CommittableEvent> probe = run().second();
    probe.ensureSubscription();
    EventHubsException error = new InvalidSettingsException("clash");

    placement.stream().fail(error);

    assertThat(probe.expectError()).isSameAs(error);
    assertThat(placement.leavingReason()).isEqualTo("the stream has failed: clash");
  }

  @Test
  void afterAFailureDownstreamNobodyWaitsForAcknowledgements() throws Exception {
    Pair<SourceLifetime, TestSubscriber.Probe<CommittableEvent>> running =
        source(FakePlacement.settings())
            .map(
                event -> {
                  if (event.sequenceNumber() == 2) {
                    throw new IllegalStateException("poison");
                  }
                  return event;
                })
            .toMat(TestSink.create(SYSTEM), Keep.both())
            .run(materializer);
    Assigned partition = placement.assign("0").receive(5);
    next(running.second(), 2);
    running.second().request(1);

    assertThat(running.second().expectError()).hasMessage("poison");

    assertThat(placement.leavingReason())
        .isEqualTo("the stream has failed: IllegalStateException: poison");
    partition.revoke();
    await().until(partition::isDrained);
  }

  /** As the partition whose trouble has failed the stream: its owner begins to drain it first. */
  @Test
  void afterAFailureNobodyWaitsForAcknowledgementsOfAPartitionThatIsBeingDrained()
      throws Exception {
    TestSubscriber.Probe<CommittableEvent> probe = run().second();
    Assigned partition = placement.assign("0").receive(1);
    next(probe, 1);
    partition.revoke();
    assertThat(partition.isDrained()).isFalse();

    placement.stream().fail(new InvalidSettingsException("clash"));

    probe.expectError();
    await().until(partition::isDrained);
  }

  @Test
  void aCancelledStreamLeavesWithoutAFailure() throws Exception {
    TestSubscriber.Probe<CommittableEvent> probe = run().second();
    placement.assign("0").receive(1);
    next(probe, 1);

    probe.cancel();

    assertThat(placement.leavingReason()).isEqualTo("the stream has stopped");
  }

  @Test
  void missingSettingsFailTheStreamByTheirNames() {
    Subscription subscription = Subscriptions.clusterSharded();
    ConsumerSettings withoutStore =
        ConsumerSettings.create(SYSTEM)
            .withConnectionString(FakePlacement.settings().connectionString())
            .withEventHubName("orders");
    TestSubscriber.Probe<CommittableEvent> probe =
        Source.fromGraph(
                MergedSource.committable(withoutStore, subscription, (system, any) -> placement))
            .runWith(TestSink.create(SYSTEM), materializer);

    assertThat(probe.expectSubscriptionAndError())
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("partition-store is missing: partitions cannot be claimed");
  }

  @Test
  void thereIsNoSilentInitialPosition() {
    ConsumerSettings settings =
        ConsumerSettings.create(SYSTEM)
            .withConnectionString(FakePlacement.settings().connectionString())
            .withEventHubName("orders")
            .withPartitionStore(FakePlacement.settings().partitionStore().orElseThrow());

    assertThatThrownBy(
            () ->
                source(settings)
                    .runForeach(event -> {}, materializer)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("initial-position is missing");
  }

  /** The stage has not even begun with the partition, and cannot while its thread is blocked. */
  @Test
  void aPartitionThatComesAndGoesWhileTheStagesThreadIsBlockedIsGivenUpAtOnce() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    TestSubscriber.Probe<CommittableEvent> probe =
        source(FakePlacement.settings())
            .map(
                event -> {
                  blocked.countDown();
                  assertThat(released.await(10, TimeUnit.SECONDS)).isTrue();
                  return event;
                })
            .runWith(TestSink.create(SYSTEM), materializer);
    try {
      probe.request(1);
      placement.assign("0").receive(1);
      assertThat(blocked.await(10, TimeUnit.SECONDS)).isTrue();

      Assigned guest = placement.assign("1").receive(1);
      guest.revoke();

      assertThat(guest.isDrained()).isTrue();
    } finally {
      released.countDown();
    }
    assertThat(describe(probe.expectNext())).isEqualTo("0:0");
    placement.assign("2").receive(1);
    probe.request(1);
    assertThat(describe(probe.expectNext())).as("nothing of the guest").isEqualTo("2:0");
    probe.cancel();
  }

  /** A pause that ends just while the stage starts must not outlive its end. */
  @Test
  void aPauseThatEndsWhileTheSourceStartsHasEnded() throws Exception {
    ExecutorService other = Executors.newSingleThreadExecutor();
    try {
      for (int round = 0; round < 50; round++) {
        FakePlacement fresh = new FakePlacement();
        CompletableFuture<Future<?>> resuming = new CompletableFuture<>();
        Pair<SourceLifetime, TestSubscriber.Probe<CommittableEvent>> running =
            Source.fromGraph(
                    MergedSource.committable(
                        FakePlacement.settings(),
                        Subscriptions.clusterSharded(),
                        (system, subscription) -> fresh))
                .mapMaterializedValue(
                    lifetime -> {
                      lifetime.pause();
                      resuming.complete(other.submit(lifetime::resume));
                      return lifetime;
                    })
                .toMat(TestSink.create(SYSTEM), Keep.both())
                .run(materializer);
        resuming.join().get(10, TimeUnit.SECONDS);
        fresh.assign("0").receive(1);

        assertThat(next(running.second(), 1)).hasSize(1);
        running.second().cancel();
      }
    } finally {
      other.shutdownNow();
    }
  }
}
