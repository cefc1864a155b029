// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.GROUP;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.bodies;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.ownerLevel;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.LastEnqueuedEventProperties;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import io.github.pekkoeventhubs.emulator.clients.Receiving;
import java.time.Instant;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventHubsEmulatorReceiveTest {
  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder().eventHub(HUB, 4).consumerGroup("billing").start();
  private final JavaClients clients = new JavaClients(emulator);

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  @Test
  void deliversBodyPropertiesAndPosition() {
    EventData sent = new EventData("hello").setMessageId("m-1").setContentType("text/plain");
    sent.getProperties().put("colour", "red");
    sent.getProperties().put("size", 42);
    emulator.send(HUB, "1", sent);

    EventData received =
        take(clients.consumer(), "1", EventPosition.earliest(), 1).get(0).getData();

    assertThat(received.getBodyAsString()).isEqualTo("hello");
    assertThat(received.getMessageId()).isEqualTo("m-1");
    assertThat(received.getContentType()).isEqualTo("text/plain");
    assertThat(received.getProperties()).containsEntry("colour", "red").containsEntry("size", 42);
    StoredEvent stored = emulator.events(HUB, "1").get(0);
    assertThat(received.getSequenceNumber()).isEqualTo(stored.sequenceNumber()).isZero();
    assertThat(received.getOffsetString()).isEqualTo(stored.offset());
    assertThat(received.getEnqueuedTime()).isEqualTo(stored.enqueuedTime());
    assertThat(received.getPartitionKey()).isNull();
  }

  @Test
  void startsWhereItIsTold() {
    sendNumbered("0", 10);
    List<StoredEvent> stored = emulator.events(HUB, "0");
    EventHubConsumerAsyncClient consumer = clients.consumer();

    assertThat(bodies(take(consumer, "0", EventPosition.earliest(), 2))).containsExactly("0", "1");
    assertThat(bodies(take(consumer, "0", EventPosition.fromSequenceNumber(5), 2)))
        .containsExactly("6", "7");
    assertThat(bodies(take(consumer, "0", EventPosition.fromSequenceNumber(5, true), 2)))
        .containsExactly("5", "6");
    assertThat(
            bodies(take(consumer, "0", EventPosition.fromOffsetString(stored.get(7).offset()), 2)))
        .containsExactly("8", "9");
    assertThat(
            bodies(
                take(
                    consumer,
                    "0",
                    EventPosition.fromEnqueuedTime(stored.get(0).enqueuedTime().minusMillis(1)),
                    1)))
        .containsExactly("0");
  }

  @Test
  void startsAtTheEnd() {
    sendNumbered("0", 3);

    Receiving receiving = clients.receive("0", EventPosition.latest());
    awaitReceivers("0", 1);
    emulator.send(HUB, "0", new EventData("new"));

    receiving.awaitBodies("new");
  }

  @Test
  void startsAtTheEndWhenNothingWasEnqueuedSinceTheTimeAskedFor() {
    sendNumbered("0", 3);

    Receiving receiving =
        clients.receive("0", EventPosition.fromEnqueuedTime(Instant.now().plusSeconds(60)));
    awaitReceivers("0", 1);
    emulator.send(HUB, "0", new EventData("new"));

    receiving.awaitBodies("new");
  }

  @Test
  void refusesAPositionBeyondTheEnd() {
    sendNumbered("0", 3);
    String lastOffset = emulator.events(HUB, "0").get(2).offset();

    AmqpException offset =
        clients.receive("0", EventPosition.fromOffsetString("4711000")).awaitError();
    AmqpException sequenceNumber =
        clients.receive("0", EventPosition.fromSequenceNumber(17)).awaitError();

    assertThat(offset.getErrorCondition()).isEqualTo(AmqpErrorCondition.ARGUMENT_ERROR);
    assertThat(offset)
        .hasMessageContaining(
            "The supplied offset '4711000' is invalid. The last offset in the system is '%s'",
            lastOffset);
    assertThat(sequenceNumber.getErrorCondition()).isEqualTo(AmqpErrorCondition.ARGUMENT_ERROR);
    assertThat(sequenceNumber)
        .hasMessageContaining(
            "The supplied sequence number '17' is invalid. The last sequence number in the system is '2'");
  }

  @Test
  void deliversEventsLargerThanAFrame() {
    emulator.send(HUB, "2", new EventData(new byte[300_000]), new EventData("after"));

    List<PartitionEvent> events = take(clients.consumer(), "2", EventPosition.earliest(), 2);

    assertThat(events.get(0).getData().getBody()).hasSize(300_000);
    assertThat(events.get(1).getData().getBodyAsString()).isEqualTo("after");
  }

  @Test
  void deliversManyEventsInOrder() {
    int count = 20_000;
    emulator.send(
        HUB,
        "0",
        IntStream.range(0, count)
            .mapToObj(number -> new EventData(Integer.toString(number)))
            .toArray(EventData[]::new));

    List<PartitionEvent> events = take(clients.consumer(), "0", EventPosition.earliest(), count);

    assertThat(bodies(events))
        .containsExactlyElementsOf(IntStream.range(0, count).mapToObj(Integer::toString).toList());
  }

  @Test
  void reportsTheLastEnqueuedEventWhenAsked() {
    sendNumbered("0", 5);
    StoredEvent last = emulator.events(HUB, "0").get(4);

    Receiving receiving =
        clients.receive(
            clients.consumer(),
            "0",
            EventPosition.earliest(),
            new ReceiveOptions().setTrackLastEnqueuedEventProperties(true));

    LastEnqueuedEventProperties reported =
        receiving.awaitCount(5).events().get(0).getLastEnqueuedEventProperties();
    assertThat(reported.getSequenceNumber()).isEqualTo(4);
    assertThat(reported.getOffsetString()).isEqualTo(last.offset());
    assertThat(reported.getEnqueuedTime()).isEqualTo(last.enqueuedTime());
    assertThat(reported.getRetrievalTime()).isAfterOrEqualTo(last.enqueuedTime());
    assertThat(receiving.bodies()).containsExactly("0", "1", "2", "3", "4");
  }

  @Test
  void disconnectsAReceiverWhenOneWithTheSameOwnerLevelComes() {
    Receiving first =
        clients.receive(clients.consumer(), "0", EventPosition.earliest(), ownerLevel(0));
    awaitReceivers("0", 1);

    Receiving second =
        clients.receive(clients.consumer(), "0", EventPosition.earliest(), ownerLevel(0));

    AmqpException error = first.awaitError();
    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.LINK_STOLEN);
    assertThat(error).hasMessageContaining("with higher epoch of '0' is created");
    emulator.send(HUB, "0", new EventData("for the second"));
    second.awaitBodies("for the second");
    assertThat(emulator.receivers(HUB, GROUP, "0"))
        .singleElement()
        .satisfies(receiver -> assertThat(receiver.ownerLevel()).isEqualTo(OptionalLong.of(0)));
    assertThat(emulator.partition(HUB, "0").attaches()).isEqualTo(2);
  }

  @Test
  void refusesAReceiverWithALowerOwnerLevel() {
    Receiving owner =
        clients.receive(clients.consumer(), "0", EventPosition.earliest(), ownerLevel(7));
    awaitReceivers("0", 1);

    AmqpException error =
        clients
            .receive(clients.consumer(), "0", EventPosition.earliest(), ownerLevel(3))
            .awaitError();

    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.LINK_STOLEN);
    assertThat(error).hasMessageContaining("with a higher epoch '7' already exists");
    assertThat(owner.hasEnded()).isFalse();
  }

  @Test
  void refusesAReceiverWithoutOwnerLevelNextToOneThatHasIt() {
    clients.receive(clients.consumer(), "0", EventPosition.earliest(), ownerLevel(7));
    awaitReceivers("0", 1);

    AmqpException error = clients.receive("0", EventPosition.earliest()).awaitError();

    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.LINK_STOLEN);
    assertThat(error).hasMessageContaining("created with epoch of '7'");
  }

  @Test
  void disconnectsReceiversWithoutOwnerLevelWhenOneWithItComes() {
    Receiving shared = clients.receive("0", EventPosition.earliest());
    awaitReceivers("0", 1);

    clients.receive(clients.consumer(), "0", EventPosition.earliest(), ownerLevel(0));

    assertThat(shared.awaitError().getErrorCondition()).isEqualTo(AmqpErrorCondition.LINK_STOLEN);
  }

  @Test
  void ownerLevelsOfOneConsumerGroupDoNotConcernAnother() {
    Receiving owner =
        clients.receive(clients.consumer(), "0", EventPosition.earliest(), ownerLevel(7));
    awaitReceivers("0", 1);

    Receiving other =
        clients.receive(
            clients.consumer("billing"), "0", EventPosition.earliest(), new ReceiveOptions());
    emulator.send(HUB, "0", new EventData("for both"));

    owner.awaitBodies("for both");
    other.awaitBodies("for both");
  }

  @Test
  void refusesASixthReceiverWithoutOwnerLevel() {
    EventHubConsumerAsyncClient consumer = clients.consumer();
    for (int receivers = 1; receivers <= 5; receivers++) {
      clients.receive(consumer, "3", EventPosition.earliest(), new ReceiveOptions());
    }
    awaitReceivers("3", 5);

    AmqpException error =
        clients.receive(consumer, "3", EventPosition.earliest(), new ReceiveOptions()).awaitError();

    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.RESOURCE_LIMIT_EXCEEDED);
    assertThat(error).hasMessageContaining("per partition in a consumer group which is 5");
  }

  @Test
  void refusesAnUnknownPartition() {
    AmqpException error = clients.receive("99", EventPosition.earliest()).awaitError();

    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.ARGUMENT_OUT_OF_RANGE_ERROR);
    assertThat(error).hasMessageContaining("It should be between 0 and 3");
  }

  @Test
  void refusesAnUnknownConsumerGroup() {
    AmqpException error =
        clients
            .receive(
                clients.consumer("nobody"), "0", EventPosition.earliest(), new ReceiveOptions())
            .awaitError();

    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.NOT_FOUND);
    assertThat(error).hasMessageContaining("orders/ConsumerGroups/nobody");
  }

  @Test
  void refusesAnUnknownEventHub() {
    EventHubConsumerAsyncClient consumer =
        clients.consumer(
            clients
                .builder()
                .connectionString(emulator.connectionString("nothing"))
                .consumerGroup(GROUP));

    AmqpException error =
        clients.receive(consumer, "0", EventPosition.earliest(), new ReceiveOptions()).awaitError();

    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.NOT_FOUND);
    assertThat(error.isTransient()).isFalse();
  }

  @Test
  void forgetsAReceiverThatIsCancelled() {
    Receiving receiving = clients.receive("0", EventPosition.earliest());
    awaitReceivers("0", 1);

    receiving.cancel();

    awaitReceivers("0", 0);
  }

  @Test
  void countsWhatWasDelivered() {
    sendNumbered("0", 7);

    clients.receive("0", EventPosition.earliest()).awaitCount(7);

    assertThat(emulator.partition(HUB, "0").delivered()).isEqualTo(7);
    assertThat(emulator.receivers()).extracting(AttachedReceiver::delivered).containsExactly(7L);
    assertThat(emulator.connectionCount()).isEqualTo(1);
  }

  private void sendNumbered(String partitionId, int count) {
    for (int number = 0; number < count; number++) {
      emulator.send(HUB, partitionId, new EventData(Integer.toString(number)));
    }
  }

  private void awaitReceivers(String partitionId, int count) {
    await()
        .atMost(JavaClients.PATIENCE)
        .until(() -> emulator.receivers(HUB, GROUP, partitionId).size() == count);
  }
}
