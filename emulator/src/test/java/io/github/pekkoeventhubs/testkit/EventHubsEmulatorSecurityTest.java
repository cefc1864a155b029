// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.GROUP;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import com.azure.messaging.eventhubs.models.SendOptions;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventHubsEmulatorSecurityTest {
  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder()
          .eventHub(HUB, 1)
          .sasKey("reader", "c2VjcmV0")
          .verifySas(true)
          .start();
  private final JavaClients clients = new JavaClients(emulator);

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  @Test
  void letsAClientWithTheKeyDoEverything() {
    EventHubProducerClient producer = clients.producer();
    producer.send(List.of(new EventData("a")), new SendOptions().setPartitionId("0"));
    producer.send(List.of(new EventData("b")));

    clients.receive("0", EventPosition.earliest()).awaitBodies("a", "b");
    assertThat(producer.getEventHubProperties().getPartitionIds()).containsExactly("0");
  }

  @Test
  void refusesToTakeEventsSignedWithAnotherKey() {
    EventHubProducerClient producer = clients.producer(withKey("d3Jvbmc="));

    assertUnauthorized(() -> producer.send(List.of(new EventData("lost"))));
    assertThat(emulator.partition(HUB, "0").eventCount()).isZero();
  }

  @Test
  void refusesToSendEventsToAnotherKey() {
    AmqpException error =
        clients
            .receive(
                clients.consumer(withKey("d3Jvbmc=").consumerGroup(GROUP)),
                "0",
                EventPosition.earliest(),
                new ReceiveOptions())
            .awaitError();

    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.UNAUTHORIZED_ACCESS);
    assertThat(error.isTransient()).isFalse();
  }

  @Test
  void refusesToAnswerQuestionsOfAnotherKey() {
    EventHubProducerClient producer = clients.producer(withKey("d3Jvbmc="));

    assertUnauthorized(producer::getEventHubProperties);
  }

  @Test
  void refusesAKeyNameItDoesNotKnow() {
    EventHubProducerClient producer =
        clients.producer(
            clients
                .builder()
                .connectionString(
                    emulator.connectionString(HUB).replace("KeyName=reader", "KeyName=writer")));

    assertUnauthorized(producer::getEventHubProperties);
  }

  @Test
  void asksForNoTokenUnlessToldTo() {
    try (EventHubsEmulator open = EventHubsEmulator.builder().eventHub(HUB, 1).start();
        JavaClients clientsOfOpen = new JavaClients(open)) {
      String otherKey = open.connectionString(HUB).replace("SAS_KEY_VALUE", "anything");

      clientsOfOpen
          .producer(clientsOfOpen.builder().connectionString(otherKey))
          .send(List.of(new EventData("welcome")));

      assertThat(open.partition(HUB, "0").eventCount()).isEqualTo(1);
    }
  }

  private EventHubClientBuilder withKey(String key) {
    return clients
        .builder()
        .connectionString(emulator.connectionString(HUB).replace("c2VjcmV0", key));
  }

  private static void assertUnauthorized(ThrowingCallable action) {
    assertThatExceptionOfType(AmqpException.class)
        .isThrownBy(action)
        .satisfies(
            error ->
                assertThat(error.getErrorCondition())
                    .isEqualTo(AmqpErrorCondition.UNAUTHORIZED_ACCESS));
  }
}
