// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.ConnectedClient;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Partitions without events, and a connection that answers no questions. */
class SilentConnectionsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String EVENT_HUB = "orders";

  private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load());
  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder().eventHub(EVENT_HUB, 2).start();
  private final CompletableFuture<EventHubClients> opened = new CompletableFuture<>();

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    emulator.close();
  }

  private ConsumerSettings settings() {
    return ConsumerSettings.create(kit.system())
        .withConnectionString(emulator.connectionString())
        .withEventHubName(EVENT_HUB)
        .withInitialPosition(EventPosition.earliest())
        .withConnections(1)
        .withStallCheck(Duration.ofSeconds(3))
        .withMetadataTimeout(Duration.ofSeconds(1));
  }

  private List<Integer> ports() {
    return emulator.connections().stream().map(ConnectedClient::port).toList();
  }

  /**
   * Questions of one partition have shown that nothing is answered, so that the others are answered
   * over another connection at once. The test asks them, between those of the stream.
   */
  @Test
  void areLeftByAllPartitionsThatHearNothing() throws Exception {
    EventHubServices.of(kit.system())
        .replace(
            (settings, ownerLevel) -> {
              EventHubClients clients = EventHubClients.open(settings, ownerLevel);
              opened.complete(clients);
              return clients;
            });
    Consumer.Control control =
        Consumer.plainSource(settings(), Subscriptions.partitions("0", "1"))
            .toMat(Sink.ignore(), Keep.left())
            .run(kit.system());
    await().atMost(PATIENCE).until(() -> emulator.receivers().size() == 2 && ports().size() == 1);
    List<Integer> before = ports();

    try (FaultHandle silence = emulator.faults().ignoreNextPartitionQuestions(Integer.MAX_VALUE)) {
      // On a busy machine a question may be given up before it is sent.
      while (silence.hits() < 2) {
        assertThat(opened.join().partitionProperties("0")).failsWithin(PATIENCE);
        assertThat(opened.join().partitionProperties("1")).failsWithin(PATIENCE);
      }
    }

    await().atMost(PATIENCE).until(() -> ports().size() == 1 && !ports().equals(before));
    await().atMost(PATIENCE).until(() -> emulator.receivers().size() == 2);
    assertThat(control.shutdown()).succeedsWithin(PATIENCE);
  }
}
