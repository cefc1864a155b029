// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.emulator.clients.JavaClients.HUB;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.emulator.clients.EngineClient;
import io.github.pekkoeventhubs.emulator.clients.JavaClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.apache.qpid.proton.engine.EndpointState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clients that stop talking, or never begin. */
class SilentClientsTest {

  private final EventHubsEmulator emulator =
      EventHubsEmulator.builder().eventHub(HUB, 1).idleTimeout(Duration.ofSeconds(1)).start();

  @AfterEach
  void close() {
    emulator.close();
  }

  @Test
  void saysGoodbyeToOneThatGoesSilentAfterOpening() {
    try (EngineClient client = new EngineClient(emulator.port(), 0)) {
      client.runUntil(() -> client.session().getRemoteState() == EndpointState.ACTIVE);
      assertThat(emulator.connectionCount()).isEqualTo(1);

      // It reads from now on, and sends no heartbeats.
      client.runUntil(() -> client.connection().getRemoteState() == EndpointState.CLOSED);

      assertThat(client.connection().getRemoteCondition().getCondition().toString())
          .isEqualTo("amqp:resource-limit-exceeded");
      awaitNoConnection();
    }
  }

  @Test
  void hangsUpOnOneThatNeverSpeaks() throws IOException {
    try (Socket silent = connect()) {
      awaitNoConnection();
      assertThat(silent.getInputStream().readAllBytes()).isNotNull();
    }
  }

  @Test
  void hangsUpOnOneThatStopsInTheMiddleOfTheFirstWord() throws IOException {
    try (Socket silent = connect()) {
      silent.getOutputStream().write(new byte[] {'A', 'M', 'Q'});
      awaitNoConnection();
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), emulator.port());
    await().atMost(JavaClients.PATIENCE).until(() -> emulator.connectionCount() == 1);
    return socket;
  }

  private void awaitNoConnection() {
    await().atMost(JavaClients.PATIENCE).until(() -> emulator.connectionCount() == 0);
  }
}
