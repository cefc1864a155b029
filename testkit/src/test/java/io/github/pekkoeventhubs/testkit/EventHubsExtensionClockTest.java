// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventHubsExtensionClockTest {

  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final SettableClock CLOCK = SettableClock.startingAt(START);

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create().withEventHub("orders", 1).withClock(CLOCK);

  @Test
  void bothServicesGoByTheClockOfTheTest(TestEventHub orders) {
    CLOCK.advance(Duration.ofHours(1));
    Instant now = START.plus(Duration.ofHours(1));

    orders.send("0", "first");
    BlobClients.put(
        BlobClients.container(orders.blobConnectionString(), orders.container())
            .getBlobClient("any"),
        Map.of());

    assertThat(orders.eventHubs().events(orders.name(), "0"))
        .singleElement()
        .satisfies(event -> assertThat(event.enqueuedTime()).isEqualTo(now));
    assertThat(orders.blobs().blob(orders.container(), "any").orElseThrow().lastModified())
        .isEqualTo(now);
  }
}
