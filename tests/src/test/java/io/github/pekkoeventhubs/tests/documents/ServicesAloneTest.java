// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import org.junit.jupiter.api.Test;

/** The services without the connector, as {@code docs/testing.md} shows them. */
class ServicesAloneTest {

  @Test
  void startAndTakeAnEvent() {
    assertThatCode(ServicesAloneTest::sendToBoth).doesNotThrowAnyException();
  }

  @SuppressWarnings("try") // What the page shows uses the blobs in a comment only.
  private static void sendToBoth() {
    try (EventHubsEmulator eventHubs =
            EventHubsEmulator.builder().eventHub("orders", 4).consumerGroup("billing").start();
        BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start()) {
      eventHubs.send("orders", "0", new EventData("hello"));
      // eventHubs.connectionString(), eventHubs.faults(), blobs.connectionString() …
    }
  }
}
