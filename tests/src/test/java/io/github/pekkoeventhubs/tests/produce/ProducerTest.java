// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventTooLargeException;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.NotUsed;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.stream.javadsl.SourceWithContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ProducerTest {

  private static final int PARTITIONS = 4;
  private static final int SERVICE_LIMIT = 64 * 1024;

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
  private static final EventHubsEmulator emulator =
      EventHubsEmulator.builder().maxMessageSize(SERVICE_LIMIT).start();
  private static final AtomicInteger hubs = new AtomicInteger();

  private final String hub = "hub-" + hubs.incrementAndGet();
  private final ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withConnectionString(emulator.connectionString())
          .withEventHubName(hub);

  @AfterAll
  static void stop() {
    kit.shutdownTestKit();
    emulator.close();
  }

  @BeforeEach
  void addTheEventHub() {
    emulator.addEventHub(hub, PARTITIONS);
  }

  private static <T> T result(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(30, SECONDS);
  }

  private static List<String> bodies(String eventHub, String partitionId) {
    return emulator.events(eventHub, partitionId).stream().map(StoredEvent::bodyAsString).toList();
  }

  private List<StoredEvent> everything() {
    return emulator.partitionIds(hub).stream()
        .flatMap(partition -> emulator.events(hub, partition).stream())
        .toList();
  }

  @Test
  void thePlainSinkSendsEverythingToAnyPartition() throws Exception {
    List<String> bodies = IntStream.range(0, 2000).mapToObj(i -> "event " + i).toList();

    Done done =
        result(
            Source.from(bodies)
                .map(EventData::new)
                .runWith(Producer.plainSink(settings.withMaxBatchEvents(100)), kit.system()));

    assertThat(done).isNotNull();
    assertThat(everything())
        .extracting(StoredEvent::bodyAsString)
        .containsExactlyInAnyOrderElementsOf(bodies);
    assertThat(everything()).allMatch(event -> event.partitionKey().isEmpty());
    assertThat(emulator.partitionIds(hub)).noneMatch(id -> emulator.events(hub, id).isEmpty());
  }

  @Test
  void aKeyLandsWhereTheServicePutsItAndKeepsItsOrder() throws Exception {
    List<String> keys = List.of("a", "b", "order 4711", "ключ", "鍵");
    List<Routed> events = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      for (String key : keys) {
        events.add(new Routed(new EventData(key + " " + i), Route.partitionKey(key)));
      }
    }

    result(
        Source.from(events)
            .runWith(Producer.routedSink(settings.withMaxBatchEvents(7)), kit.system()));

    String other = hub + "-direct";
    emulator.addEventHub(other, PARTITIONS);
    for (String key : keys) {
      String partition = emulator.sendWithKey(other, key, new EventData("direct"));
      assertThat(emulator.events(hub, partition))
          .filteredOn(event -> event.partitionKey().equals(Optional.of(key)))
          .extracting(StoredEvent::bodyAsString)
          .isEqualTo(IntStream.range(0, 500).mapToObj(i -> key + " " + i).toList());
    }
    assertThat(everything()).hasSize(events.size());
  }

  @Test
  void eventsThatNameAPartitionArriveThereInOrder() throws Exception {
    List<String> bodies = IntStream.range(0, 1000).mapToObj(i -> "event " + i).toList();

    result(
        Source.from(bodies)
            .map(body -> new Routed(new EventData(body), Route.partitionId("2")))
            .runWith(
                Producer.routedSink(settings.withMaxBatchEvents(50).withMaxWait(Duration.ZERO)),
                kit.system()));

    assertThat(bodies(hub, "2")).isEqualTo(bodies);
    assertThat(everything()).hasSize(bodies.size());
  }

  @Test
  void theFlowEmitsResultsInTheOrderOfTheEnvelopes() throws Exception {
    List<Results<String>> results =
        result(
            Source.from(
                    List.of(
                        ProducerMessage.single(
                            new EventData("a"), Route.partitionId("1"), "single"),
                        ProducerMessage.passThrough("nothing"),
                        ProducerMessage.multi(
                            List.of(
                                new Routed(new EventData("b"), Route.partitionId("1")),
                                new Routed(new EventData("c"), Route.partitionId("3"))),
                            "multi")))
                .via(Producer.flexiFlow(settings))
                .runWith(Sink.seq(), kit.system()));

    assertThat(results)
        .extracting(Results::passThrough)
        .containsExactly("single", "nothing", "multi");
    assertThat(results.get(0).partition()).contains("1");
    assertThat(results.get(1).events()).isEmpty();
    assertThat(results.get(2).partition()).isEmpty();
    assertThat(results.get(2).events())
        .extracting(EventData::getBodyAsString)
        .containsExactly("b", "c");
    assertThat(bodies(hub, "1")).containsExactly("a", "b");
    assertThat(bodies(hub, "3")).containsExactly("c");
  }

  @Test
  void theFlowWithContextKeepsTheContextWithItsEnvelope() throws Exception {
    List<Pair<Results<Integer>, Integer>> results =
        result(
            SourceWithContext.fromPairs(Source.range(1, 100).map(i -> Pair.create("event " + i, i)))
                .map(body -> ProducerMessage.single(new EventData(body), Route.roundRobin()))
                .via(Producer.flowWithContext(settings))
                .asSource()
                .runWith(Sink.seq(), kit.system()));

    assertThat(results)
        .extracting(Pair::second)
        .isEqualTo(IntStream.rangeClosed(1, 100).boxed().toList());
    assertThat(results)
        .allSatisfy(pair -> assertThat(pair.first().passThrough()).isEqualTo(pair.second()))
        .allSatisfy(
            pair ->
                assertThat(pair.first().events().get(0).getBodyAsString())
                    .isEqualTo("event " + pair.second()));
  }

  @Test
  void batchesAreNoLargerThanTheServiceAllows() throws Exception {
    String body = "x".repeat(1000);

    result(
        Source.repeat(body)
            .take(500)
            .map(text -> new Routed(new EventData(text), Route.partitionId("0")))
            .runWith(Producer.routedSink(settings), kit.system()));

    assertThat(settings.maxBatchBytes()).isGreaterThan(SERVICE_LIMIT);
    assertThat(bodies(hub, "0")).hasSize(500).allMatch(body::equals);
  }

  @Test
  void anEventLargerThanTheServiceAllowsFailsTheSinkWithSizeAndLimit() {
    EventData large = new EventData("x".repeat(SERVICE_LIMIT));

    assertThatThrownBy(
            () -> result(Source.single(large).runWith(Producer.plainSink(settings), kit.system())))
        .cause()
        .isInstanceOfSatisfying(
            EventTooLargeException.class,
            tooLarge -> {
              assertThat(tooLarge.size()).isBetween(SERVICE_LIMIT + 1L, SERVICE_LIMIT + 50L);
              assertThat(tooLarge.limit()).isEqualTo(SERVICE_LIMIT);
            });
    assertThat(everything()).isEmpty();
  }

  @Test
  void anEventLargerThanTheSettingsAllowFailsTheSinkWithSizeAndLimit() {
    ProducerSettings small = settings.withMaxBatchBytes(1000);

    assertThatThrownBy(
            () ->
                result(
                    Source.single(new EventData("x".repeat(1001)))
                        .runWith(Producer.plainSink(small), kit.system())))
        .cause()
        .isInstanceOf(EventTooLargeException.class)
        .hasMessageContaining("1000 bytes");
  }

  @Test
  void aHandlerSendsAReferenceInThePlaceOfALargeEvent() throws Exception {
    ProducerSettings withHandler =
        settings.withOversizedEventHandler(
            (event, reason) ->
                CompletableFuture.supplyAsync(
                    () -> Optional.of(new EventData("stored elsewhere"))));

    result(
        Source.from(List.of("a", "x".repeat(SERVICE_LIMIT), "b"))
            .map(body -> new Routed(new EventData(body), Route.partitionKey("k")))
            .runWith(Producer.routedSink(withHandler), kit.system()));

    assertThat(everything())
        .extracting(StoredEvent::bodyAsString)
        .containsExactly("a", "stored elsewhere", "b");
  }

  @Test
  void receivedEventsAreForwardedWithoutTheirOldRoute() throws Exception {
    String source = hub + "-source";
    emulator.addEventHub(source, 1);
    EventData original = new EventData("forwarded");
    original.getProperties().put("type", "order");
    result(
        Source.single(new Routed(original, Route.partitionKey("old")))
            .runWith(Producer.routedSink(settings.withEventHubName(source)), kit.system()));

    EventData received = receive(source);
    assertThat(received.getPartitionKey()).isEqualTo("old");
    result(
        Source.from(
                List.of(
                    new Routed(received, Route.partitionId("3")),
                    new Routed(received, Route.partitionKey("new"))))
            .runWith(Producer.routedSink(settings), kit.system()));

    assertThat(everything()).hasSize(2).allMatch(e -> e.bodyAsString().equals("forwarded"));
    assertThat(everything()).allMatch(e -> e.properties().equals(Map.of("type", "order")));
    assertThat(emulator.events(hub, "3"))
        .filteredOn(event -> event.partitionKey().isEmpty())
        .hasSize(1);
    assertThat(everything())
        .filteredOn(event -> event.partitionKey().equals(Optional.of("new")))
        .hasSize(1);
  }

  private static EventData receive(String eventHub) {
    try (EventHubConsumerAsyncClient consumer =
        new EventHubClientBuilder()
            .connectionString(emulator.connectionString(), eventHub)
            .consumerGroup("$Default")
            .buildAsyncConsumerClient()) {
      PartitionEvent event =
          consumer
              .receiveFromPartition("0", EventPosition.earliest())
              .blockFirst(Duration.ofSeconds(20));
      return Objects.requireNonNull(event).getData();
    }
  }

  @Test
  void anEventHubThatDoesNotExistIsReportedAsSuch() {
    assertThatThrownBy(
            () ->
                result(
                    Source.single(new EventData("a"))
                        .runWith(
                            Producer.plainSink(settings.withEventHubName("missing")),
                            kit.system())))
        .hasCauseInstanceOf(EventHubNotFoundException.class);
  }

  @Test
  void sinksMayShareAClientWhichStaysOpen() throws Exception {
    try (EventHubsEmulator own = EventHubsEmulator.builder().eventHub(hub, PARTITIONS).start();
        EventHubProducerAsyncClient client =
            new EventHubClientBuilder()
                .connectionString(own.connectionString(), hub)
                .buildAsyncProducerClient()) {
      ProducerSettings shared = ProducerSettings.create(kit.system()).withClient(client);
      for (int i = 0; i < 3; i++) {
        result(
            Source.single(new Routed(new EventData("event " + i), Route.partitionId("0")))
                .runWith(Producer.routedSink(shared), kit.system()));
      }

      assertThat(own.connectionCount()).isEqualTo(1);
      assertThat(own.events(hub, "0"))
          .extracting(StoredEvent::bodyAsString)
          .containsExactly("event 0", "event 1", "event 2");
    }
  }

  @Test
  void theConnectionIsClosedAtTheEndOfTheStream() throws Exception {
    try (EventHubsEmulator own = EventHubsEmulator.builder().eventHub(hub, PARTITIONS).start()) {
      Pair<CompletableFuture<Optional<EventData>>, CompletionStage<Done>> running =
          Source.<EventData>maybe()
              .prepend(Source.single(new EventData("a")))
              .toMat(
                  Producer.plainSink(settings.withConnectionString(own.connectionString())),
                  Keep.both())
              .run(kit.system());
      await().until(() -> own.connectionCount() == 1);

      running.first().complete(Optional.empty());
      result(running.second());

      await().until(() -> own.connectionCount() == 0);
    }
  }

  @Test
  void aStreamOfNothingCompletes() throws Exception {
    assertThat(
            result(
                Source.<ProducerMessage.Envelope<NotUsed>>empty()
                    .via(Producer.flexiFlow(settings))
                    .runWith(Sink.seq(), kit.system())))
        .isEmpty();
  }
}
