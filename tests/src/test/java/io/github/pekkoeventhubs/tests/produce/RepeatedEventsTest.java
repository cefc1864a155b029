// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerNumber;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.javadsl.RepeatedEvents;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Readers drop what a producer with an id has sent twice. */
class RepeatedEventsTest {

  private static final String HUB = EmbeddedServices.EVENT_HUB;

  /** Within this time an event has been written into a frozen connection, on a busy machine too. */
  private static final Duration ON_ITS_WAY = Duration.ofSeconds(4);

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());

  private final EmbeddedServices services = new EmbeddedServices(1);
  private final ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withConnectionString(services.eventHubs().connectionString())
          .withEventHubName(HUB)
          .withMaxBatchEvents(1)
          .withMaxWait(Duration.ZERO)
          .withRetryBackoff(Duration.ofMillis(10), Duration.ofMillis(50))
          .withProducerId("orders-service");

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void stopTheServices() {
    services.close();
  }

  private List<String> stored(String eventHub) {
    return services.eventHubs().events(eventHub, "0").stream()
        .map(StoredEvent::bodyAsString)
        .toList();
  }

  private List<String> readWithoutRepetitions(String eventHub, int count) throws Exception {
    return Consumer.committableSource(
            services.consumerSettings(kit.system()).withEventHubName(eventHub),
            Subscriptions.partitions("0"))
        .via(RepeatedEvents.drop())
        .map(event -> event.event().getBodyAsString())
        .take(count)
        .runWith(Sink.seq(), kit.system())
        .toCompletableFuture()
        .get(20, SECONDS);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatANetworkDeliversLateIsDropped(boolean withKey) throws Exception {
    Route route = withKey ? Route.partitionKey("k") : Route.partitionId("0");
    var stream =
        Source.<String>queue(10)
            .map(body -> new Routed(new EventData(body), route))
            .toMat(Producer.routedSink(settings.withSendTimeout(ON_ITS_WAY)), Keep.both())
            .run(kit.system());
    stream.first().offer("0");
    await().until(() -> stored(HUB).size() == 1);
    FaultHandle frozen = services.eventHubs().faults().freezeConnections();
    stream.first().offer("1");
    stream.first().offer("2");
    await().until(() -> stored(HUB).size() == 3);
    frozen.cancel();
    await().until(() -> stored(HUB).size() == 4);
    stream.first().offer("3");
    stream.first().complete();
    stream.second().toCompletableFuture().get(20, SECONDS);
    assertThat(stored(HUB)).containsExactly("0", "1", "2", "1", "3");

    assertThat(readWithoutRepetitions(HUB, 4)).containsExactly("0", "1", "2", "3");
  }

  @Test
  void theOutputsOfInputsThatAreProcessedAgainAreDropped() throws Exception {
    services.eventHubs().addEventHub("copies", 1, EmbeddedServices.CONSUMER_GROUP);
    services.sendToEach(20);
    copy(12);
    copy(20);
    assertThat(stored("copies")).hasSize(32);

    assertThat(readWithoutRepetitions("copies", 20))
        .isEqualTo(IntStream.range(0, 20).mapToObj(String::valueOf).toList());
  }

  /** From the beginning, as after a crash before anything was committed. */
  private void copy(int events) throws Exception {
    Consumer.committableSource(
            services.consumerSettings(kit.system()), Subscriptions.partitions("0"))
        .take(events)
        .map(
            event ->
                new Routed(
                    ProducerNumber.ofOutput("copier", event, 0)
                        .writeInto(new EventData(event.event().getBody())),
                    Route.partitionKey("k")))
        .runWith(Producer.routedSink(settings.withEventHubName("copies")), kit.system())
        .toCompletableFuture()
        .get(20, SECONDS);
  }

  /** Forwarded events are numbered by whoever forwards them, if at all. */
  @ParameterizedTest
  @ValueSource(strings = {"forwarder", ""})
  void whatIsForwardedFromTwoPartitionsIntoOneIsNotTakenForRepetitions(String forwarder)
      throws Exception {
    services.eventHubs().addEventHub("two", 2, EmbeddedServices.CONSUMER_GROUP);
    services.eventHubs().addEventHub("one", 1, EmbeddedServices.CONSUMER_GROUP);
    Source.from(List.of("0", "0", "0", "1"))
        .map(partition -> new Routed(new EventData(partition), Route.partitionId(partition)))
        .runWith(Producer.routedSink(settings.withEventHubName("two")), kit.system())
        .toCompletableFuture()
        .get(20, SECONDS);

    forward("0", 3, forwarder);
    forward("1", 1, forwarder);

    assertThat(readWithoutRepetitions("one", 4)).containsExactly("0", "0", "0", "1");
  }

  private void forward(String partition, int events, String producerId) throws Exception {
    Consumer.committableSource(
            services.consumerSettings(kit.system()).withEventHubName("two"),
            Subscriptions.partitions(partition))
        .take(events)
        .map(event -> new Routed(event.event(), Route.partitionKey("k")))
        .runWith(
            Producer.routedSink(settings.withEventHubName("one").withProducerId(producerId)),
            kit.system())
        .toCompletableFuture()
        .get(20, SECONDS);
  }
}
