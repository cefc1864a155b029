// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.bodies;
import static io.github.pekkoeventhubs.emulator.clients.JavaClients.take;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventHubsEmulatorOptionsTest {
  private EventHubsEmulator emulator = EventHubsEmulator.builder().eventHub(HUB, 1).start();
  private JavaClients clients = new JavaClients(emulator);

  @AfterEach
  void close() {
    clients.close();
    emulator.close();
  }

  @Test
  void keepsOnlyTheNewestEvents() {
    restart(builder -> builder.retainEvents(3));
    sendNumbered(10);

    assertThat(bodies(take(clients.consumer(), "0", EventPosition.earliest(), 3)))
        .containsExactly("7", "8", "9");
    assertThat(bodies(take(clients.consumer(), "0", EventPosition.fromSequenceNumber(2), 1)))
        .containsExactly("7");
  }

  @Test
  void changesRetentionWhileRunning() {
    sendNumbered(10);

    emulator.retainEvents(HUB, 2);

    assertThat(emulator.events(HUB, "0"))
        .extracting(StoredEvent::bodyAsString)
        .containsExactly("8", "9");
    assertThat(emulator.partition(HUB, "0").firstSequenceNumber()).isEqualTo(8);
  }

  @Test
  void forgetsEventsThatAreTooOldByItsClock() {
    SettableClock clock = SettableClock.create();
    restart(builder -> builder.clock(clock).retainFor(Duration.ofDays(1)));
    sendNumbered(2);
    clock.advance(Duration.ofHours(25));
    emulator.send(HUB, "0", new EventData("fresh"));

    List<PartitionEvent> events = take(clients.consumer(), "0", EventPosition.earliest(), 1);

    assertThat(bodies(events)).containsExactly("fresh");
    assertThat(events.get(0).getData().getEnqueuedTime()).isEqualTo("2026-01-02T01:00:00Z");
    assertThat(clients.producer().getPartitionProperties("0").getBeginningSequenceNumber())
        .isEqualTo(2);
  }

  @Test
  void startsAtAnEnqueuedTimeOfItsClock() {
    SettableClock clock = SettableClock.create();
    restart(builder -> builder.clock(clock));
    emulator.send(HUB, "0", new EventData("morning"));
    clock.advance(Duration.ofHours(12));
    Instant noon = clock.instant();
    emulator.send(HUB, "0", new EventData("noon"));

    assertThat(
            bodies(
                take(
                    clients.consumer(),
                    "0",
                    EventPosition.fromEnqueuedTime(noon.minusMillis(1)),
                    1)))
        .containsExactly("noon");
  }

  @Test
  void givesOpaqueOffsetsLikeAGeoReplicatedNamespace() {
    restart(EventHubsEmulator.Builder::geoReplicatedOffsets);
    sendNumbered(5);

    List<PartitionEvent> events = take(clients.consumer(), "0", EventPosition.earliest(), 3);
    String third = events.get(2).getData().getOffsetString();

    assertThat(third).matches("3:\\d+:2");
    assertThat(bodies(take(clients.consumer(), "0", EventPosition.fromOffsetString(third), 2)))
        .containsExactly("3", "4");
    assertThat(clients.producer().getPartitionProperties("0").getLastEnqueuedOffset())
        .matches("3:\\d+:4");
  }

  @Test
  void waitsForTheReceiverToConfirmUnsettledEvents() {
    restart(EventHubsEmulator.Builder::unsettledDeliveries);
    int count = 2_000;
    emulator.send(
        HUB,
        "0",
        IntStream.range(0, count)
            .mapToObj(number -> new EventData(Integer.toString(number)))
            .toArray(EventData[]::new));

    List<PartitionEvent> events = take(clients.consumer(), "0", EventPosition.earliest(), count);

    assertThat(bodies(events)).startsWith("0", "1").endsWith("1999").doesNotHaveDuplicates();
  }

  @Test
  void refusesOptionsThatMakeNoSense() {
    EventHubsEmulator.Builder builder = EventHubsEmulator.builder();

    assertThatIllegalArgumentException().isThrownBy(() -> builder.retainEvents(0));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.retainFor(Duration.ZERO));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.maxMessageSize(10));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.eventHub("empty", 0));
  }

  private void restart(UnaryOperator<EventHubsEmulator.Builder> options) {
    close();
    emulator = options.apply(EventHubsEmulator.builder().eventHub(HUB, 1)).start();
    clients = new JavaClients(emulator);
  }

  private void sendNumbered(int count) {
    for (int number = 0; number < count; number++) {
      emulator.send(HUB, "0", new EventData(Integer.toString(number)));
    }
  }
}
