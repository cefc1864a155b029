// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventHubsEmulatorMetadataTest {
  private final Instant started = Instant.now().truncatedTo(ChronoUnit.MILLIS);
  private final EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 3).start();
  private final JavaClients clients = new JavaClients(emulator);
  private final EventHubProducerClient client = clients.producer();

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  @Test
  void describesAnEventHub() {
    EventHubProperties properties = client.getEventHubProperties();

    assertThat(properties.getName()).isEqualTo(HUB);
    assertThat(properties.getPartitionIds()).containsExactly("0", "1", "2");
    assertThat(properties.getCreatedAt()).isBetween(started, Instant.now());
  }

  @Test
  void describesAnEmptyPartition() {
    PartitionProperties properties = client.getPartitionProperties("1");

    assertThat(properties.getEventHubName()).isEqualTo(HUB);
    assertThat(properties.getId()).isEqualTo("1");
    assertThat(properties.isEmpty()).isTrue();
    assertThat(properties.getBeginningSequenceNumber()).isZero();
    assertThat(properties.getLastEnqueuedSequenceNumber()).isEqualTo(-1);
    assertThat(properties.getLastEnqueuedOffset()).isEqualTo("-1");
  }

  @Test
  void describesAPartitionWithEvents() {
    emulator.send(HUB, "1", new EventData("a"), new EventData("b"), new EventData("c"));
    emulator.removeEventsBefore(HUB, "1", 1);
    StoredEvent last = emulator.events(HUB, "1").get(1);

    PartitionProperties properties = client.getPartitionProperties("1");

    assertThat(properties.isEmpty()).isFalse();
    assertThat(properties.getBeginningSequenceNumber()).isEqualTo(1);
    assertThat(properties.getLastEnqueuedSequenceNumber()).isEqualTo(2);
    assertThat(properties.getLastEnqueuedOffset()).isEqualTo(last.offset());
    assertThat(properties.getLastEnqueuedTime()).isEqualTo(last.enqueuedTime());
  }

  @Test
  void refusesAnUnknownPartition() {
    // The client makes this of any answer with status 400.
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> client.getPartitionProperties("17"))
        .withMessageContaining("The specified partition is invalid");
  }

  @Test
  void refusesAnUnknownEventHub() {
    EventHubProducerClient stranger =
        clients.producer(clients.builder().connectionString(emulator.connectionString("nothing")));

    assertThatExceptionOfType(AmqpException.class)
        .isThrownBy(stranger::getEventHubProperties)
        .satisfies(
            error -> {
              assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.NOT_FOUND);
              assertThat(error.isTransient()).isFalse();
            });
  }
}
