// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventDataBatch;
import com.azure.messaging.eventhubs.EventHubBufferedProducerClient;
import com.azure.messaging.eventhubs.EventHubBufferedProducerClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.CreateBatchOptions;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.SendOptions;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import io.github.pekkoeventhubs.emulator.clients.Receiving;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventHubsEmulatorSendTest {
  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 4).start();
  private final JavaClients clients = new JavaClients(emulator);

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  @Test
  void storesASingleEventAsItWasSent() {
    EventData event = new EventData("hello").setMessageId("m-1").setCorrelationId("c-1");
    event.getProperties().put("colour", "red");

    clients.producer().send(List.of(event), toPartition("2"));

    StoredEvent stored = emulator.events(HUB, "2").get(0);
    assertThat(stored.bodyAsString()).isEqualTo("hello");
    assertThat(stored.properties()).containsEntry("colour", "red");
    EventData received =
        take(clients.consumer(), "2", EventPosition.earliest(), 1).get(0).getData();
    assertThat(received.getMessageId()).isEqualTo("m-1");
    assertThat(received.getCorrelationId()).isEqualTo("c-1");
    assertThat(received.getProperties()).containsEntry("colour", "red");
  }

  @Test
  void storesABatchInOrder() {
    EventHubProducerClient producer = clients.producer();
    EventDataBatch batch = producer.createBatch(new CreateBatchOptions().setPartitionId("1"));
    IntStream.range(0, 100).forEach(number -> batch.tryAdd(new EventData("event " + number)));

    producer.send(batch);

    assertThat(batch.getMaxSizeInBytes()).isEqualTo(1024 * 1024);
    assertThat(emulator.events(HUB, "1"))
        .extracting(StoredEvent::bodyAsString)
        .containsExactlyElementsOf(
            IntStream.range(0, 100).mapToObj(number -> "event " + number).toList());
  }

  @Test
  void storesABatchOfManyFrames() {
    EventHubProducerClient producer = clients.producer();
    EventDataBatch batch = producer.createBatch(new CreateBatchOptions().setPartitionId("1"));
    int count = 0;
    while (batch.tryAdd(new EventData(new byte[10_000]))) {
      count++;
    }

    producer.send(batch);

    assertThat(count).isGreaterThan(90);
    assertThat(emulator.partition(HUB, "1").eventCount()).isEqualTo(count);
  }

  @Test
  void putsEventsWithTheSameKeyIntoThePartitionOfThatKey() {
    EventHubProducerClient producer = clients.producer();
    for (String key : List.of("alpha", "beta", "gamma", "delta", "Zürich")) {
      String partitionId = emulator.sendWithKey(HUB, key, new EventData("first " + key));

      producer.send(
          List.of(new EventData("second " + key), new EventData("third " + key)),
          new SendOptions().setPartitionKey(key));

      assertThat(emulator.events(HUB, partitionId))
          .filteredOn(event -> event.partitionKey().equals(Optional.of(key)))
          .extracting(StoredEvent::bodyAsString)
          .containsExactly("first " + key, "second " + key, "third " + key);
    }
  }

  @Test
  void agreesWithTheBufferedProducerOnThePartitionOfAKey() {
    List<String> keys = IntStream.range(0, 20).mapToObj(number -> "key-" + number).toList();
    try (EventHubBufferedProducerClient buffered =
        new EventHubBufferedProducerClientBuilder()
            .connectionString(emulator.connectionString(), HUB)
            .onSendBatchFailed(failed -> {})
            .onSendBatchSucceeded(succeeded -> {})
            .buildClient()) {
      for (String key : keys) {
        buffered.enqueueEvent(new EventData(key), new SendOptions().setPartitionKey(key));
      }
      buffered.flush();
    }

    for (String key : keys) {
      String partitionId = emulator.sendWithKey(HUB, key, new EventData(key));
      assertThat(emulator.events(HUB, partitionId))
          .filteredOn(event -> event.bodyAsString().equals(key))
          .as(key)
          .hasSize(2);
    }
  }

  @Test
  void spreadsEventsWithoutAKey() {
    EventHubProducerClient producer = clients.producer();

    for (int number = 0; number < 8; number++) {
      producer.send(List.of(new EventData("event " + number)));
    }

    assertThat(emulator.partitionIds(HUB))
        .allSatisfy(id -> assertThat(emulator.partition(HUB, id).eventCount()).isEqualTo(2));
  }

  @Test
  void tellsTheClientHowLargeAMessageMayBe() {
    try (EventHubsEmulator small =
            EventHubsEmulator.builder().eventHub(HUB, 1).maxMessageSize(2_000).start();
        JavaClients clientsOfSmall = new JavaClients(small)) {
      EventHubProducerClient producer = clientsOfSmall.producer();

      assertThat(producer.createBatch().getMaxSizeInBytes()).isEqualTo(2_000);
      assertThatExceptionOfType(AmqpException.class)
          .isThrownBy(() -> producer.send(List.of(new EventData(new byte[3_000]))))
          .satisfies(
              error ->
                  assertThat(error.getErrorCondition())
                      .isEqualTo(AmqpErrorCondition.LINK_PAYLOAD_SIZE_EXCEEDED));
      assertThat(small.partition(HUB, "0").eventCount()).isZero();
    }
  }

  @Test
  void refusesAnUnknownPartition() {
    EventHubProducerClient producer = clients.producer();

    assertThatExceptionOfType(AmqpException.class)
        .isThrownBy(() -> producer.send(List.of(new EventData("lost")), toPartition("17")))
        .withMessageContaining("The specified partition is invalid");
  }

  @Test
  void refusesAnUnknownEventHub() {
    EventHubProducerClient producer =
        clients.producer(clients.builder().connectionString(emulator.connectionString("nothing")));

    assertThatExceptionOfType(AmqpException.class)
        .isThrownBy(() -> producer.send(List.of(new EventData("lost"))))
        .satisfies(
            error -> assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.NOT_FOUND));
  }

  @Test
  void deliversWhatIsSentToReceiversThatWait() {
    Receiving receiving = clients.receive("0", EventPosition.earliest());

    clients.producer().send(List.of(new EventData("a"), new EventData("b")), toPartition("0"));

    receiving.awaitBodies("a", "b");
  }

  private static SendOptions toPartition(String partitionId) {
    return new SendOptions().setPartitionId(partitionId);
  }
}
