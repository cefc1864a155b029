// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import io.github.pekkoeventhubs.testkit.services.EventHubsServices;
import io.github.pekkoeventhubs.testkit.services.ServicesChoice;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeftFaultsTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final LeftFaults left = new LeftFaults();

  @Test
  void endWithTheLastTestThatRunsAndThoseOfBeforeStay() {
    try (EventHubsServices services =
        ServicesChoice.start(
            "property", "embedded", List.of(), SettableClock.startingAt(START), Map.of())) {
      EventHubsEmulator emulator = services.eventHubs().orElseThrow();
      emulator.addEventHub("orders", 1);
      emulator.faults().jumpClock(Duration.ofHours(1));

      left.testBegins(services);
      FaultHandle jump = emulator.faults().jumpClock(Duration.ofDays(1));
      left.testBegins(services);
      left.testEnds();
      assertThat(now(emulator)).isEqualTo(START.plus(Duration.ofHours(25)));
      left.testEnds();
      assertThat(now(emulator)).isEqualTo(START.plus(Duration.ofHours(1)));

      jump.cancel();
      assertThat(now(emulator)).isEqualTo(START.plus(Duration.ofHours(1)));
    }
  }

  /** Each kind of them is known, also one that waits for links. */
  @Test
  void ofLinksThatAreToBeLostEndAsWell() {
    try (EventHubsServices services =
        ServicesChoice.start(
            "property", "embedded", List.of(), SettableClock.startingAt(START), Map.of())) {
      EventHubsEmulator emulator = services.eventHubs().orElseThrow();
      emulator.addEventHub("orders", 1);
      left.testBegins(services);
      FaultHandle lost = emulator.faults().loseNextSenders(1);
      left.testEnds();

      try (EventHubProducerClient client =
          new EventHubClientBuilder()
              .connectionString(emulator.connectionString("orders"))
              .buildProducerClient()) {
        client.send(List.of(new EventData("now")));
      }

      assertThat(lost.hits()).isZero();
    }
  }

  private static Instant now(EventHubsEmulator emulator) {
    emulator.send("orders", "0", new EventData("now"));
    List<StoredEvent> events = emulator.events("orders", "0");
    return events.get(events.size() - 1).enqueuedTime();
  }
}
