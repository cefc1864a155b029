// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.GROUP;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.bodies;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import com.azure.messaging.eventhubs.models.SendOptions;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import io.github.pekkoeventhubs.emulator.clients.Receiving;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.util.List;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventHubsEmulatorTopologyTest {
  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder()
          .eventHub(HUB, 2)
          .consumerGroup("billing")
          .eventHub("payments", 1)
          .start();
  private final JavaClients clients = new JavaClients(emulator);

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  @Test
  void keepsEventHubsApart() {
    emulator.send(HUB, "0", new EventData("order"));
    emulator.send("payments", "0", new EventData("payment"));
    EventHubConsumerAsyncClient payments =
        clients.consumer(
            clients
                .builder()
                .connectionString(emulator.connectionString("payments"))
                .consumerGroup(GROUP));

    assertThat(bodies(take(payments, "0", EventPosition.earliest(), 1))).containsExactly("payment");
    assertThat(bodies(take(clients.consumer(), "0", EventPosition.earliest(), 1)))
        .containsExactly("order");
    assertThat(emulator.eventHubs()).containsExactly(HUB, "payments");
  }

  @Test
  void addsAnEventHubWhileRunning() {
    emulator.addEventHub("refunds", 2, "audit");
    emulator.send("refunds", "1", new EventData("refund"));
    EventHubConsumerAsyncClient refunds =
        clients.consumer(
            clients
                .builder()
                .connectionString(emulator.connectionString("refunds"))
                .consumerGroup("audit"));

    assertThat(bodies(take(refunds, "1", EventPosition.earliest(), 1))).containsExactly("refund");
  }

  @Test
  void disconnectsClientsOfAnEventHubThatIsDeleted() {
    Receiving receiving = clients.receive("0", EventPosition.earliest());
    awaitReceiver();

    emulator.deleteEventHub(HUB);

    AmqpException error = receiving.awaitError();
    assertThat(error.getErrorCondition()).isEqualTo(AmqpErrorCondition.NOT_FOUND);
    assertThat(error.isTransient()).isFalse();
    assertThat(emulator.receivers()).isEmpty();
  }

  @Test
  void beginsAnewWhenAnEventHubIsRecreated() {
    EventHubProducerClient producer = clients.producer();
    producer.send(List.of(new EventData("old"), new EventData("older")), toPartition("0"));
    Receiving old = clients.receive("0", EventPosition.earliest()).awaitCount(2);

    emulator.recreateEventHub(HUB, 3);

    old.awaitError();
    assertThat(emulator.partition(HUB, "0").lastSequenceNumber()).isEqualTo(-1);
    assertThat(emulator.partitionIds(HUB)).containsExactly("0", "1", "2");
    emulator.send(HUB, "0", new EventData("new"));
    Receiving again =
        clients.receive(
            clients.consumer("billing"), "0", EventPosition.earliest(), new ReceiveOptions());
    again.awaitBodies("new");
    assertThat(again.events().get(0).getData().getSequenceNumber()).isZero();
  }

  @Test
  void growsAnEventHub() {
    EventHubProducerClient producer = clients.producer();
    assertThat(producer.getEventHubProperties().getPartitionIds()).containsExactly("0", "1");

    emulator.growEventHub(HUB, 4);

    assertThat(producer.getEventHubProperties().getPartitionIds())
        .containsExactly("0", "1", "2", "3");
    producer.send(List.of(new EventData("grown")), toPartition("3"));
    clients.receive("3", EventPosition.earliest()).awaitBodies("grown");
  }

  @Test
  void disconnectsReceiversOfAConsumerGroupThatIsDeleted() {
    Receiving billing =
        clients.receive(
            clients.consumer("billing"), "0", EventPosition.earliest(), new ReceiveOptions());
    Receiving other = clients.receive("0", EventPosition.earliest());
    awaitReceiver();
    await()
        .atMost(JavaClients.PATIENCE)
        .until(() -> emulator.receivers(HUB, "billing", "0").size() == 1);

    emulator.deleteConsumerGroup(HUB, "billing");

    assertThat(billing.awaitError().getErrorCondition()).isEqualTo(AmqpErrorCondition.NOT_FOUND);
    assertThat(other.hasEnded()).isFalse();
  }

  @Test
  void namesWhatDoesNotExist() {
    assertThatExceptionOfType(NoSuchElementException.class)
        .isThrownBy(() -> emulator.send("nothing", "0", new EventData("lost")))
        .withMessageContaining("nothing");
    assertThatExceptionOfType(NoSuchElementException.class)
        .isThrownBy(() -> emulator.events(HUB, "17"))
        .withMessageContaining("between 0 and 1");
    assertThatExceptionOfType(NoSuchElementException.class)
        .isThrownBy(() -> emulator.faults().stall("nothing", "0"));
    assertThatExceptionOfType(NoSuchElementException.class)
        .isThrownBy(() -> emulator.faults().detachReceivers(HUB, "17"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> emulator.addEventHub(HUB, 1))
        .withMessageContaining(HUB);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> emulator.addEventHub("none", 0))
        .withMessageContaining("at least 1");
    assertThatIllegalStateException()
        .isThrownBy(() -> EventHubsEmulator.builder().consumerGroup("billing"))
        .withMessageContaining("eventHub(..)");
  }

  @Test
  void listensOnTheLoopbackInterfaceOnly() throws IOException {
    new Socket(InetAddress.getLoopbackAddress(), emulator.port()).close();
    List<InetAddress> others =
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .filter(address -> !address.isLoopbackAddress())
            .toList();
    for (InetAddress address : others) {
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> new Socket(address, emulator.port()).close());
    }
  }

  @Test
  void saysWhenItsPortIsTaken() {
    assertThatExceptionOfType(UncheckedIOException.class)
        .isThrownBy(() -> EventHubsEmulator.builder().port(emulator.port()).start())
        .withMessageContaining("port " + emulator.port());
  }

  @Test
  void freesItsPortWhenClosed() {
    emulator.close();
    emulator.close();

    // Whoever else asks for a port in between may be given the one that has just become free.
    await().until(EventHubsEmulatorTopologyTest::canBeStartedAgainOnItsPort);
    assertThatIllegalStateException()
        .isThrownBy(emulator::eventHubs)
        .withMessageContaining("closed");
  }

  private static boolean canBeStartedAgainOnItsPort() {
    EventHubsEmulator first = EventHubsEmulator.builder().start();
    first.close();
    try (EventHubsEmulator next = EventHubsEmulator.builder().port(first.port()).start()) {
      return next.port() == first.port();
    } catch (UncheckedIOException portIsTaken) {
      return false;
    }
  }

  private void awaitReceiver() {
    await()
        .atMost(JavaClients.PATIENCE)
        .until(() -> emulator.receivers(HUB, GROUP, "0").size() == 1);
  }

  private static SendOptions toPartition(String partitionId) {
    return new SendOptions().setPartitionId(partitionId);
  }
}
