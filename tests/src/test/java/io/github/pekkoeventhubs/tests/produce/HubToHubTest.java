// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ProduceException;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** From one event hub to another: an event is committed when its outputs have been acknowledged. */
class HubToHubTest {

  private static final String TARGET = "invoices";
  private static final int EVENTS = 200;

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());

  private final EmbeddedServices services = new EmbeddedServices(2);
  private final Subscription subscription = Subscriptions.partitions("0", "1");
  private final CommitterSettings committer =
      CommitterSettings.create(kit.system()).withMaxInterval(Duration.ofMillis(50));
  private final ProducerSettings producer =
      ProducerSettings.create(kit.system())
          .withConnectionString(services.eventHubs().connectionString())
          .withEventHubName(TARGET)
          .withMaxBatchEvents(20)
          .withMaxRetries(1_000)
          .withRetryBackoff(Duration.ofMillis(10), Duration.ofMillis(50));

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @BeforeEach
  void fillTheSource() {
    services.eventHubs().addEventHub(TARGET, 2);
    services.sendToEach(EVENTS);
  }

  @AfterEach
  void stopTheServices() {
    services.close();
  }

  private List<String> arrived(String partitionId) {
    return services.eventHubs().events(TARGET, partitionId).stream()
        .map(StoredEvent::bodyAsString)
        .toList();
  }

  private int arrivedEvents() {
    return arrived("0").size() + arrived("1").size();
  }

  private static List<String> everything() {
    return LongStream.range(0, EVENTS).mapToObj(Long::toString).toList();
  }

  private static Route samePartition(CommittableEvent event) {
    return Route.partitionId(event.partition().partitionId());
  }

  private static Envelope<CommittableOffset> forwarded(CommittableEvent event) {
    return ProducerMessage.single(event.event(), samePartition(event), event.committableOffset());
  }

  private Consumer.DrainingControl<Done> forward() {
    return Consumer.committableSource(services.consumerSettings(kit.system()), subscription)
        .map(HubToHubTest::forwarded)
        .toMat(Producer.committableSink(producer, committer), Consumer::createDrainingControl)
        .run(kit.system());
  }

  private static void drain(Consumer.DrainingControl<Done> control) throws Exception {
    control.drainAndShutdown().toCompletableFuture().get(20, SECONDS);
  }

  private void assertEverythingIsCommitted() {
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", EVENTS - 1L, "1", EVENTS - 1L));
  }

  @Test
  void theCommittableSinkForwardsAndCommits() throws Exception {
    Consumer.DrainingControl<Done> control = forward();
    await().until(() -> arrivedEvents() == 2 * EVENTS);
    drain(control);

    assertThat(arrived("0")).isEqualTo(everything());
    assertThat(arrived("1")).isEqualTo(everything());
    assertEverythingIsCommitted();
  }

  @Test
  void theTraceOfAnEventIsKeptFromTheSourceToTheSink() throws Exception {
    String trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    EventData traced = new EventData("traced");
    traced.getProperties().put("traceparent", trace);
    services.eventHubs().send(EmbeddedServices.EVENT_HUB, "0", traced);
    Consumer.DrainingControl<Done> control = forward();
    await().until(() -> arrivedEvents() == 2 * EVENTS + 1);
    drain(control);

    assertThat(services.eventHubs().events(TARGET, "0").get(EVENTS).properties())
        .containsEntry("traceparent", trace);
  }

  @Test
  void anEventWithSeveralOutputsOrNoneIsCommitted() throws Exception {
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(services.consumerSettings(kit.system()), subscription)
            .map(
                event ->
                    event.sequenceNumber() % 2 == 0
                        ? ProducerMessage.multi(
                            List.of(
                                new Routed(new EventData("first"), Route.partitionKey("a")),
                                new Routed(new EventData("second"), Route.roundRobin())),
                            event.committableOffset())
                        : ProducerMessage.passThrough(event.committableOffset()))
            .toMat(Producer.committableSink(producer, committer), Consumer::createDrainingControl)
            .run(kit.system());
    await().until(() -> arrivedEvents() == 2 * EVENTS);
    drain(control);

    assertEverythingIsCommitted();
  }

  @Test
  void theCommittableSinkForContextForwardsAndCommits() throws Exception {
    Consumer.DrainingControl<Done> control =
        Consumer.sourceWithOffsetContext(services.consumerSettings(kit.system()), subscription)
            .map(event -> ProducerMessage.single(event.getData(), Route.partitionKey("one key")))
            .toMat(
                Producer.committableSinkWithOffsetContext(producer, committer),
                Consumer::createDrainingControl)
            .run(kit.system());
    await().until(() -> arrivedEvents() == 2 * EVENTS);
    drain(control);

    assertEverythingIsCommitted();
  }

  @Test
  void theFlowWithContextLeadsToACommitter() throws Exception {
    Consumer.DrainingControl<Done> control =
        Consumer.sourceWithOffsetContext(services.consumerSettings(kit.system()), subscription)
            .map(event -> ProducerMessage.single(event.getData(), Route.roundRobin()))
            .via(Producer.flowWithContext(producer))
            .toMat(Committer.sinkWithOffsetContext(committer), Consumer::createDrainingControl)
            .run(kit.system());
    await().until(() -> arrivedEvents() == 2 * EVENTS);
    drain(control);

    assertEverythingIsCommitted();
  }

  @Test
  void nothingIsCommittedBeforeItsSendIsAcknowledged() throws Exception {
    FaultHandle throttled =
        services.eventHubs().faults().rejectNextSends(100_000, "com.microsoft:server-busy");
    Consumer.DrainingControl<Done> control = forward();
    await().until(() -> throttled.hits() >= 10);
    assertThat(services.checkpoints().values()).allMatch(committed -> committed == -1);

    throttled.cancel();
    await().until(() -> arrivedEvents() == 2 * EVENTS);
    drain(control);

    assertEverythingIsCommitted();
  }

  @Test
  void aStreamThatFailedGoesOnBehindWhatWasAcknowledged() throws Exception {
    Consumer.DrainingControl<Done> failing = forward();
    await().pollInterval(Duration.ofMillis(2)).until(() -> arrivedEvents() > 0);
    services.eventHubs().faults().rejectNextSends(1, "com.microsoft:entity-disabled");
    services.sendToEach(1);
    assertThatThrownBy(() -> failing.streamCompletion().toCompletableFuture().get(20, SECONDS))
        .hasCauseInstanceOf(ProduceException.class);
    services
        .checkpoints()
        .forEach(
            (partition, committed) -> assertThat(committed).isLessThan(arrived(partition).size()));

    Consumer.DrainingControl<Done> second = forward();
    await()
        .untilAsserted(
            () ->
                assertThat(services.checkpoints())
                    .isEqualTo(Map.of("0", (long) EVENTS, "1", (long) EVENTS)));
    drain(second);

    for (String partition : List.of("0", "1")) {
      assertThat(List.copyOf(new LinkedHashSet<>(arrived(partition))))
          .startsWith(everything().toArray(new String[0]))
          .hasSize(EVENTS + 1);
    }
  }
}
