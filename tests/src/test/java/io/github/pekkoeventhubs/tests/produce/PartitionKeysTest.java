// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.produce;

import static java.util.concurrent.TimeUnit.SECONDS;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubBufferedProducerAsyncClient;
import com.azure.messaging.eventhubs.EventHubBufferedProducerClientBuilder;
import com.azure.messaging.eventhubs.models.SendOptions;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.BoundedSourceQueue;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Source;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Events with keys go where the service would have put them, and look as if it had. */
class PartitionKeysTest {

  private static final int PARTITIONS = 7;

  private static final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());

  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder()
          .eventHub("ours", PARTITIONS)
          .eventHub("theirs", PARTITIONS)
          .start();

  private final ProducerSettings settings =
      ProducerSettings.create(kit.system())
          .withConnectionString(emulator.connectionString())
          .withEventHubName("ours");

  @AfterAll
  static void stopTheSystem() {
    kit.shutdownTestKit();
  }

  @AfterEach
  void stopTheEmulator() {
    emulator.close();
  }

  private static List<String> asciiKeys() {
    return IntStream.range(0, 300).mapToObj(i -> "customer " + i * i).toList();
  }

  private static List<String> otherKeys() {
    return IntStream.range(0, 300).mapToObj(i -> "ключ é 漢 \uD83D\uDE00 " + i).toList();
  }

  private void send(List<String> keys) throws Exception {
    Source.from(keys)
        .map(key -> new Routed(new EventData(key), Route.partitionKey(key)))
        .runWith(Producer.routedSink(settings), kit.system())
        .toCompletableFuture()
        .get(30, SECONDS);
  }

  /** The partition of each key; the body is the key as well. */
  private Map<String, String> partitionsOf(String eventHub) {
    return emulator.partitionIds(eventHub).stream()
        .flatMap(
            id ->
                emulator.events(eventHub, id).stream()
                    .map(event -> Pair.create(event.partitionKey().orElse("none"), id)))
        .collect(toMap(Pair::first, Pair::second, (first, second) -> first + " and " + second));
  }

  @Test
  void theyGoWhereTheServicePutsThemAndCarryTheirKeys() throws Exception {
    List<String> keys = Stream.concat(asciiKeys().stream(), otherKeys().stream()).toList();
    keys.forEach(key -> emulator.sendWithKey("theirs", key, new EventData(key)));

    send(keys);

    assertThat(partitionsOf("ours")).hasSize(600).isEqualTo(partitionsOf("theirs"));
    for (String id : emulator.partitionIds("ours")) {
      assertThat(emulator.events("ours", id))
          .allSatisfy(event -> assertThat(event.partitionKey()).contains(event.bodyAsString()));
    }
  }

  /** That one takes many keys that are not ASCII for others than the service does. */
  @Test
  void theyGoWhereTheOfficialBufferedProducerPutsThem() throws Exception {
    try (EventHubBufferedProducerAsyncClient official =
        new EventHubBufferedProducerClientBuilder()
            .connectionString(emulator.connectionString(), "theirs")
            .onSendBatchSucceeded(sent -> {})
            .onSendBatchFailed(failed -> {})
            .buildAsyncClient()) {
      for (String key : asciiKeys()) {
        official
            .enqueueEvent(new EventData(key), new SendOptions().setPartitionKey(key))
            .block(Duration.ofSeconds(10));
      }
      official.flush().block(Duration.ofSeconds(20));
    }

    send(asciiKeys());

    assertThat(partitionsOf("ours")).hasSize(300).isEqualTo(partitionsOf("theirs"));
  }

  @Test
  void eventsOfOneKeyKeepTheirOrderAmongThoseOfManyKeys() throws Exception {
    List<Routed> events =
        IntStream.range(0, 5000)
            .mapToObj(i -> new Routed(new EventData("" + i), Route.partitionKey("key " + i % 100)))
            .toList();
    Source.from(events)
        .runWith(Producer.routedSink(settings.withMaxBatchEvents(20)), kit.system())
        .toCompletableFuture()
        .get(30, SECONDS);

    int seen = 0;
    for (String id : emulator.partitionIds("ours")) {
      List<Integer> numbers =
          emulator.events("ours", id).stream()
              .map(StoredEvent::bodyAsString)
              .map(Integer::valueOf)
              .toList();
      assertThat(numbers).isSorted();
      seen += numbers.size();
    }
    assertThat(seen).isEqualTo(5000);
  }

  @Test
  void newPartitionsGetTheirShareOfTheKeys() throws Exception {
    Pair<BoundedSourceQueue<String>, CompletionStage<Done>> stream =
        Source.<String>queue(1000)
            .map(key -> new Routed(new EventData(key), Route.partitionKey(key)))
            .toMat(
                Producer.routedSink(settings.withPartitionRefreshInterval(Duration.ofMillis(100))),
                Keep.both())
            .run(kit.system());
    stream.first().offer("first");
    await().until(() -> !partitionsOf("ours").isEmpty());

    emulator.growEventHub("ours", PARTITIONS + 4);
    String newest = String.valueOf(PARTITIONS + 3);
    await()
        .until(
            () -> {
              asciiKeys().forEach(stream.first()::offer);
              return !emulator.events("ours", newest).isEmpty();
            });
    stream.first().complete();
    stream.second().toCompletableFuture().get(30, SECONDS);

    emulator.addEventHub("grown", PARTITIONS + 4);
    asciiKeys().forEach(key -> emulator.sendWithKey("grown", key, new EventData(key)));
    assertThat(emulator.events("ours", newest))
        .allSatisfy(
            event ->
                assertThat(partitionsOf("grown"))
                    .containsEntry(event.partitionKey().orElseThrow(), newest));
  }
}
