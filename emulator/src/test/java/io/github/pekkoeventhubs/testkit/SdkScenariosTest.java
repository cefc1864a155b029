// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.GROUP;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.models.AmqpMessageProperties;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventDataBatch;
import com.azure.messaging.eventhubs.EventHubBufferedProducerClient;
import com.azure.messaging.eventhubs.EventHubBufferedProducerClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerClient;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.CreateBatchOptions;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import com.azure.messaging.eventhubs.models.SendOptions;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import io.github.pekkoeventhubs.emulator.clients.Receiving;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;

/**
 * Scenarios of the live tests of the SDK for Java that no other test here has; the guide {@code
 * docs/testkit-fidelity.md} lists all of them.
 */
class SdkScenariosTest {

  private static final int PARTITIONS = 4;

  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder().eventHub(HUB, PARTITIONS).start();
  private final JavaClients clients = new JavaClients(emulator);

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  /** EventHubConsumerAsyncClientIntegrationTest. */
  @Test
  void receivesFromAllPartitionsAtOnce() {
    List<Receiving> receivers =
        partitionIds().stream().map(id -> clients.receive(id, EventPosition.earliest())).toList();
    EventHubProducerClient producer = clients.producer();
    for (String id : partitionIds()) {
      producer.send(numbered(10), new SendOptions().setPartitionId(id));
    }

    receivers.forEach(receiver -> receiver.awaitCount(10));
    assertThat(receivers).allSatisfy(receiver -> assertThat(receiver.bodies()).hasSize(10));
  }

  @Test
  void receivesNoMoreThanIsAskedFor() {
    emulator.send(HUB, "0", numbered(50).toArray(new EventData[0]));
    List<PartitionEvent> received = new ArrayList<>();
    BaseSubscriber<PartitionEvent> subscriber =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            request(3);
          }

          @Override
          protected void hookOnNext(PartitionEvent event) {
            synchronized (received) {
              received.add(event);
            }
          }
        };
    clients.consumer().receiveFromPartition("0", EventPosition.earliest()).subscribe(subscriber);
    await().atMost(PATIENCE).until(() -> size(received) == 3);

    subscriber.request(2);

    await().atMost(PATIENCE).until(() -> size(received) == 5);
    subscriber.cancel();
    assertThat(JavaClients.bodies(received)).containsExactly("0", "1", "2", "3", "4");
  }

  @Test
  void reportsNoLastEnqueuedEventUnlessAsked() {
    emulator.send(HUB, "0", numbered(2).toArray(new EventData[0]));

    assertThat(JavaClients.take(clients.consumer(), "0", EventPosition.earliest(), 2))
        .allSatisfy(event -> assertThat(event.getLastEnqueuedEventProperties()).isNull());
    Receiving tracking =
        clients
            .receive(
                clients.consumer(),
                "0",
                EventPosition.earliest(),
                new ReceiveOptions().setTrackLastEnqueuedEventProperties(true))
            .awaitCount(2);
    assertThat(tracking.events())
        .allSatisfy(
            event ->
                assertThat(event.getLastEnqueuedEventProperties().getSequenceNumber())
                    .isEqualTo(1));
  }

  /** EventHubConsumerClientIntegrationTest. */
  @Test
  void aSynchronousConsumerReturnsWhatCameUntilItsTimeIsOver() {
    emulator.send(HUB, "0", numbered(10).toArray(new EventData[0]));
    try (EventHubConsumerClient consumer =
        clients.builder().consumerGroup(GROUP).buildConsumerClient()) {
      List<PartitionEvent> some = list(consumer, 4, EventPosition.earliest(), PATIENCE);
      assertThat(JavaClients.bodies(some)).containsExactly("0", "1", "2", "3");

      EventPosition behind =
          EventPosition.fromSequenceNumber(some.get(3).getData().getSequenceNumber());
      // On a slow machine the time can be over before the receiver is attached.
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(
                          JavaClients.bodies(list(consumer, 100, behind, Duration.ofMillis(500))))
                      .containsExactly("4", "5", "6", "7", "8", "9"));

      assertThat(list(consumer, 1, EventPosition.latest(), Duration.ofMillis(200))).isEmpty();
    }
  }

  /** SetPrefetchCountTest. */
  @ParameterizedTest
  @ValueSource(ints = {1, 8_000})
  void receivesEverythingWhateverTheWindow(int prefetchCount) {
    emulator.send(HUB, "0", numbered(2_000).toArray(new EventData[0]));

    List<PartitionEvent> received =
        JavaClients.take(
            clients.consumer(clients.builder().consumerGroup(GROUP).prefetchCount(prefetchCount)),
            "0",
            EventPosition.earliest(),
            300);

    assertThat(JavaClients.bodies(received)).isEqualTo(bodies(300));
  }

  /** EventHubProducerAsyncClientIntegrationTest. */
  @Test
  void sendsToPartitionsToKeysAndToAnyWithOneProducer() {
    EventHubProducerClient producer = clients.producer();
    producer.send(numbered(3));
    producer.send(numbered(1));
    producer.send(numbered(3), new SendOptions().setPartitionId("1"));
    producer.send(numbered(3), new SendOptions().setPartitionKey("sandwiches"));

    assertThat(partitionIds().stream().mapToInt(id -> emulator.events(HUB, id).size()).sum())
        .isEqualTo(10);
    assertThat(allEvents())
        .filteredOn(event -> event.partitionKey().isPresent())
        .hasSize(3)
        .allSatisfy(event -> assertThat(event.partitionKey()).contains("sandwiches"));
    assertThat(emulator.events(HUB, "1")).hasSizeGreaterThanOrEqualTo(3);
  }

  @Test
  void sendsABatchToEachPartition() {
    EventHubProducerClient producer = clients.producer();
    for (String id : producer.getPartitionIds()) {
      EventDataBatch batch = producer.createBatch(new CreateBatchOptions().setPartitionId(id));
      assertThat(batch.tryAdd(new EventData("for " + id))).isTrue();
      producer.send(batch);
    }

    for (String id : partitionIds()) {
      assertThat(emulator.events(HUB, id))
          .extracting(StoredEvent::bodyAsString)
          .containsExactly("for " + id);
    }
  }

  /** EventDataBatchIntegrationTest. */
  @Test
  void takesABatchThatIsFullOfSmallEvents() {
    assertThat(sendFullBatch(new CreateBatchOptions(), Map.of()))
        .isEqualTo(allEvents().size())
        .isGreaterThan(1_000);
  }

  @Test
  void takesABatchThatIsFullOfEventsWithPropertiesAndAKey() {
    int sent =
        sendFullBatch(
            new CreateBatchOptions().setPartitionKey("sandwiches"),
            Map.of("id", "tracking", "number", 7, "ratio", 0.5, "flag", true));

    List<StoredEvent> events = allEvents();
    assertThat(events).hasSize(sent);
    assertThat(events)
        .allSatisfy(event -> assertThat(event.partitionKey()).contains("sandwiches"))
        .allSatisfy(event -> assertThat(event.properties()).containsEntry("number", 7));
    Set<String> used =
        partitionIds().stream()
            .filter(id -> !emulator.events(HUB, id).isEmpty())
            .collect(Collectors.toSet());
    assertThat(used).hasSize(1);
  }

  /** InteropAmqpPropertiesTest. */
  @Test
  void bringsAllPropertiesOfAMessage() {
    EventData event = new EventData("body");
    AmqpMessageProperties sent = event.getRawAmqpMessage().getProperties();
    sent.setContentEncoding("gzip");
    sent.setSubject("subject");
    sent.setGroupId("group");
    sent.setGroupSequence(3L);
    sent.setReplyToGroupId("reply group");
    sent.setUserId("user".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    event.setContentType("text/plain");
    event.setMessageId("m-1");
    event.setCorrelationId("c-1");
    event.getProperties().put("text", "t");
    event.getProperties().put("long", 7L);
    event.getProperties().put("flag", true);
    event.getRawAmqpMessage().getMessageAnnotations().put("x-own", "annotation");
    clients.producer().send(List.of(event), new SendOptions().setPartitionId("0"));

    EventData received =
        JavaClients.take(clients.consumer(), "0", EventPosition.earliest(), 1).get(0).getData();

    AmqpMessageProperties properties = received.getRawAmqpMessage().getProperties();
    assertThat(properties.getContentEncoding()).isEqualTo("gzip");
    assertThat(properties.getSubject()).isEqualTo("subject");
    assertThat(properties.getGroupId()).isEqualTo("group");
    assertThat(properties.getGroupSequence()).isEqualTo(3L);
    assertThat(properties.getReplyToGroupId()).isEqualTo("reply group");
    assertThat(properties.getUserId()).isEqualTo(sent.getUserId());
    assertThat(received.getContentType()).isEqualTo("text/plain");
    assertThat(received.getMessageId()).isEqualTo("m-1");
    assertThat(received.getCorrelationId()).isEqualTo("c-1");
    assertThat(received.getProperties())
        .containsEntry("text", "t")
        .containsEntry("long", 7L)
        .containsEntry("flag", true);
    assertThat(received.getSystemProperties()).containsEntry("x-own", "annotation");
  }

  /** EventHubBufferedProducerAsyncClientIntegrationTest. */
  @Test
  void aBufferedProducerSendsWhatItWasGiven() {
    Set<String> published = java.util.concurrent.ConcurrentHashMap.newKeySet();
    try (EventHubBufferedProducerClient producer =
        new EventHubBufferedProducerClientBuilder()
            .connectionString(emulator.connectionString(), HUB)
            .maxWaitTime(Duration.ofMillis(50))
            .onSendBatchFailed(failed -> published.add("failed"))
            .onSendBatchSucceeded(
                batch -> batch.getEvents().forEach(event -> published.add(event.getBodyAsString())))
            .buildClient()) {
      for (int i = 0; i < 40; i++) {
        EventData event = new EventData("event " + i);
        switch (i % 3) {
          case 0 -> producer.enqueueEvent(event);
          case 1 -> producer.enqueueEvent(event, new SendOptions().setPartitionId("2"));
          default -> producer.enqueueEvent(event, new SendOptions().setPartitionKey("key"));
        }
      }
      producer.flush();

      await().atMost(PATIENCE).until(() -> published.size() == 40);
    }
    assertThat(allEvents())
        .extracting(StoredEvent::bodyAsString)
        .hasSize(40)
        .doesNotHaveDuplicates();
    assertThat(emulator.events(HUB, "2")).hasSizeGreaterThanOrEqualTo(13);
  }

  /** EventHubClientMetadataIntegrationTest. */
  @Test
  void answersQuestionsAboutAllPartitionsAtOnce() {
    emulator.send(HUB, "1", numbered(3).toArray(new EventData[0]));
    try (EventHubConsumerClient consumer =
        clients.builder().consumerGroup(GROUP).buildConsumerClient()) {
      Map<String, Long> last =
          partitionIds().parallelStream()
              .collect(
                  Collectors.toMap(
                      Function.identity(),
                      id -> consumer.getPartitionProperties(id).getLastEnqueuedSequenceNumber()));

      assertThat(last).isEqualTo(Map.of("0", -1L, "1", 2L, "2", -1L, "3", -1L));
      assertThat(new HashSet<>(partitionIds()))
          .isEqualTo(consumer.getPartitionIds().stream().collect(Collectors.toSet()));
    }
  }

  /** EventProcessorClient with the checkpoint store for blobs. */
  @Test
  void aProcessorGoesOnBehindItsCheckpoints() {
    for (String id : partitionIds()) {
      emulator.send(HUB, id, numbered(5).toArray(new EventData[0]));
    }
    try (BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start()) {
      assertThat(process(blobs, 20)).hasSize(20);
      for (String id : partitionIds()) {
        emulator.send(HUB, id, new EventData("later"));
      }

      assertThat(process(blobs, 4)).containsExactly("later", "later", "later", "later");
    }
  }

  private List<String> process(BlobEmulator blobs, int count) {
    ConcurrentLinkedQueue<String> bodies = new ConcurrentLinkedQueue<>();
    EventProcessorClient processor =
        new EventProcessorClientBuilder()
            .connectionString(emulator.connectionString(), HUB)
            .consumerGroup(GROUP)
            .checkpointStore(
                new BlobCheckpointStore(
                    BlobClients.asyncContainer(blobs.connectionString(), "checkpoints")))
            .loadBalancingUpdateInterval(Duration.ofMillis(200))
            .loadBalancingStrategy(com.azure.messaging.eventhubs.LoadBalancingStrategy.GREEDY)
            .initialPartitionEventPosition(id -> EventPosition.earliest())
            .processEvent(
                context -> {
                  context.updateCheckpoint();
                  bodies.add(context.getEventData().getBodyAsString());
                })
            .processError(context -> {})
            .buildEventProcessorClient();
    processor.start();
    try {
      await().atMost(Duration.ofSeconds(30)).until(() -> bodies.size() >= count);
    } finally {
      processor.stop();
    }
    return List.copyOf(bodies);
  }

  private int sendFullBatch(CreateBatchOptions options, Map<String, Object> properties) {
    EventHubProducerClient producer = clients.producer();
    EventDataBatch batch = producer.createBatch(options.setMaximumSizeInBytes(64 * 1024));
    EventData event = new EventData("small");
    event.getProperties().putAll(properties);
    while (batch.tryAdd(event)) {
      event = new EventData("small");
      event.getProperties().putAll(properties);
    }
    producer.send(batch);
    return batch.getCount();
  }

  private List<StoredEvent> allEvents() {
    return partitionIds().stream().flatMap(id -> emulator.events(HUB, id).stream()).toList();
  }

  private List<String> partitionIds() {
    return emulator.partitionIds(HUB);
  }

  private static int size(List<PartitionEvent> events) {
    synchronized (events) {
      return events.size();
    }
  }

  private static List<PartitionEvent> list(
      EventHubConsumerClient consumer, int count, EventPosition position, Duration time) {
    return consumer.receiveFromPartition("0", count, position, time).stream().toList();
  }

  private static List<EventData> numbered(int count) {
    return bodies(count).stream().map(EventData::new).toList();
  }

  private static List<String> bodies(int count) {
    return IntStream.range(0, count).mapToObj(Integer::toString).toList();
  }
}
