// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerStatus.AcknowledgementFigures;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.RunningConsumer;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.StoreHealth;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.testkit.TestPublisher;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.apache.pekko.stream.testkit.javadsl.TestSource;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The status that a control shows of its stream, and the notices of a subscription about its
 * partitions.
 */
class ConsumerStatusTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final EventHubPartition PARTITION =
      new EventHubPartition(
          "localhost", EmbeddedServices.EVENT_HUB, EmbeddedServices.CONSUMER_GROUP, "0");

  private final EmbeddedServices services = new EmbeddedServices(1);
  private final ClusterNode node =
      ClusterNode.first(
          """
          pekko.eventhubs.consumer.ownership {
            renewal-interval = 300ms, renewal-retry-interval = 300ms
            loss-min-hold = 60s, loss-max-hold = 60s
          }
          """);
  private final TestProbe<PartitionLifecycle> listener = TestProbe.create(node.system());
  private final Queue<CommittableEvent> emitted = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    node.close();
    services.close();
  }

  private Consumer.Control run() {
    return Consumer.committableSource(
            services.consumerSettings(node.system()).withAcknowledgement(Acknowledgement.UNORDERED),
            Subscriptions.clusterSharded().withPartitionListener(listener.getRef()))
        .to(Sink.foreach(emitted::add))
        .run(node.system());
  }

  /** A committer that gets what the test gives it. */
  private Pair<TestPublisher.Probe<CommittableOffset>, CompletionStage<Done>> committer() {
    return TestSource.<CommittableOffset>create(node.system().classicSystem())
        .toMat(
            Committer.sink(
                CommitterSettings.create(node.system()).withMaxInterval(Duration.ofMillis(50))),
            Keep.both())
        .run(node.system());
  }

  private static PartitionStatus status(Consumer.Control control) {
    return Objects.requireNonNull(control.status().partitions().get("0"));
  }

  private static void awaitHealth(Consumer.Control control, StoreHealth health) {
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(control.status().storeHealth()).hasValue(health));
  }

  private List<CommittableOffset> offsets() {
    return emitted.stream().map(CommittableEvent::committableOffset).toList();
  }

  private void expectAssignedWithTheTokenOfTheEvents() {
    PartitionLifecycle.Assigned assigned =
        listener.expectMessageClass(PartitionLifecycle.Assigned.class);
    assertThat(assigned.partition()).isEqualTo(PARTITION);
    assertThat(emitted)
        .extracting(CommittableEvent::fencingToken)
        .containsOnly(assigned.fencingToken().orElseThrow());
  }

  /** As an official processor does, which knows nothing of our entries. */
  private void claimAsSomebodyElse() {
    services
        .container(EmbeddedServices.CONTAINER)
        .getBlobAsyncClient("localhost/orders/billing/ownership/0")
        .getBlockBlobAsyncClient()
        .setMetadata(Map.of("ownerid", "somebody-else"))
        .block();
  }

  @Test
  void saysHowFarAPartitionIsReadAcknowledgedAndCommitted() throws Exception {
    services.sendToEach(10);
    Consumer.Control control = run();
    Awaitility.await().atMost(PATIENCE).until(() -> emitted.size() == 10);
    TestPublisher.Probe<CommittableOffset> committer = committer().first();
    offsets().subList(0, 3).forEach(committer::sendNext);
    committer.sendNext(offsets().get(5));
    emitted.stream().skip(8).findFirst().orElseThrow().skip();

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              PartitionStatus status = status(control);
              assertThat(status.state()).isEqualTo(OwnerState.RUNNING);
              assertThat(status.ownerId()).contains("Tests@127.0.0.1");
              assertThat(status.received()).hasValue(9);
              assertThat(status.emitted()).hasValue(9);
              assertThat(status.acknowledged()).hasValue(2);
              assertThat(status.committed()).hasValue(2);
              assertThat(status.lag()).hasValue(7);
              assertThat(status.inFlight()).isEqualTo(5);
              assertThat(status.oldestUncommittedAge()).isPresent();
              AcknowledgementFigures figures = status.acknowledgements();
              assertThat(figures.oldestUnacknowledgedAge()).isPresent();
              assertThat(figures.ahead()).isEqualTo(2);
              assertThat(figures.skipped()).isEqualTo(1);
              assertThat(figures.dropped()).isZero();
            });
  }

  @Test
  void theLagOfAPartitionThatTheStreamKeepsWaitingIsKnownAndNobodyTakesItForStalled() {
    services.sendToEach(500);
    Pair<Consumer.Control, TestSubscriber.Probe<CommittableEvent>> stream =
        Consumer.committableSource(
                services
                    .consumerSettings(node.system())
                    .withPrefetchCount(10)
                    .withMaxBufferedEvents(10)
                    .withStallCheck(Duration.ofMillis(100)),
                Subscriptions.clusterSharded())
            .toMat(TestSink.create(node.system().classicSystem()), Keep.both())
            .run(node.system());
    stream.second().ensureSubscription();

    Awaitility.await()
        .atMost(PATIENCE)
        .until(() -> stream.first().status().partitions().containsKey("0"));
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status(stream.first()).lag()).hasValue(500));
    assertThat(status(stream.first()).received().orElse(-1)).isLessThan(100);

    services.sendToEach(100);
    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status(stream.first()).lag()).hasValue(600));
    assertThat(status(stream.first()).lastError()).isEmpty();
    stream.second().cancel();
  }

  @Test
  void aPartitionClaimedBySomebodyElseIsLostAndLateCommitsAreDroppedAndCounted() throws Exception {
    services.sendToEach(10);
    Consumer.Control control = run();
    Awaitility.await().atMost(PATIENCE).until(() -> emitted.size() == 10);
    expectAssignedWithTheTokenOfTheEvents();
    Pair<TestPublisher.Probe<CommittableOffset>, CompletionStage<Done>> committer = committer();

    claimAsSomebodyElse();
    assertThat(listener.receiveMessage(PATIENCE))
        .isEqualTo(new PartitionLifecycle.Lost(PARTITION, "claimed by somebody-else"));
    offsets().forEach(committer.first()::sendNext);
    committer.first().sendComplete();

    assertThat(committer.second().toCompletableFuture())
        .as("an outcome, and no failure of the stream")
        .succeedsWithin(PATIENCE);
    assertThat(status(control).state()).isEqualTo(OwnerState.LOST);
    assertThat(status(control).waitsFor()).isEqualTo(WaitsFor.CLAIM);
    assertThat(status(control).claimedBy()).contains("somebody-else");
    assertThat(status(control).acknowledgements().dropped()).isEqualTo(10);
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", -1L));
  }

  @Test
  void theActorSystemListsAStreamFromItsStartToItsEndAndKnowsWhenItHasItsFirstAnswer() {
    RunningStreams streams = RunningStreams.of(node.system());
    services.sendToEach(3);
    Consumer.Control control = run();

    Awaitility.await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              RunningConsumer listed = streams.consumers().get(0);
              assertThat(listed.started()).isTrue();
              assertThat(listed.eventHub()).isEqualTo(EmbeddedServices.EVENT_HUB);
              assertThat(listed.namespace()).isEqualTo("localhost");
              assertThat(listed.hubPartitions()).hasValue(1);
              assertThat(listed.status().moves().assigned()).isEqualTo(1);
              assertThat(status(control).activity().received()).isEqualTo(3);
              assertThat(status(control).activity().emitted()).isEqualTo(3);
              assertThat(status(control).activity().receivers()).isEqualTo(1);
            });
    assertThat(streams.consumers()).hasSize(1);

    assertThat(control.shutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
    assertThat(control.status().moves().handedOver()).isEqualTo(1);
    assertThat(control.status().moves().repeated()).as("nothing was committed").isEqualTo(3);
    Awaitility.await().atMost(PATIENCE).until(() -> streams.consumers().isEmpty());
    assertThat(streams.failures()).isEmpty();
  }

  @Test
  void aHandOverIsAnnouncedWithItsDeadlineAndToldWithItsReason() throws Exception {
    services.sendToEach(1);
    Consumer.Control control = run();
    Awaitility.await().atMost(PATIENCE).until(() -> emitted.size() == 1);
    expectAssignedWithTheTokenOfTheEvents();
    TestPublisher.Probe<CommittableOffset> committer = committer().first();
    offsets().forEach(committer::sendNext);

    assertThat(control.shutdown().toCompletableFuture()).succeedsWithin(PATIENCE);

    listener.expectMessage(new PartitionLifecycle.Revoking(PARTITION, Duration.ofSeconds(8)));
    listener.expectMessage(new PartitionLifecycle.Revoked(PARTITION, "the stream has stopped"));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 0L));
    assertThat(control.status().partitions()).as("what the stream has to do with").isEmpty();
  }

  @Test
  void theHealthOfTheStoreIsShownWhilePartitionsAreOwned() {
    Consumer.Control control = run();
    awaitHealth(control, StoreHealth.ANSWERING);

    BlobFault fault = services.blobs().faults().always().dropConnection();
    awaitHealth(control, StoreHealth.SILENT);

    fault.cancel();
    awaitHealth(control, StoreHealth.ANSWERING);
  }
}
