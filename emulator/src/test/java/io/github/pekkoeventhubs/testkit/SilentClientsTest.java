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

  private final EventHubsEmulator emulator = startedWith(Duration.ofSeconds(1));

  @AfterEach
  void close() {
    emulator.close();
  }

  private static EventHubsEmulator startedWith(Duration idleTimeout) {
    return EventHubsEmulator.builder().eventHub(HUB, 1).idleTimeout(idleTimeout).start();
  }

  @Test
  void saysGoodbyeToOneThatGoesSilentAfterOpening() {
    // The client has to be fast enough to open its session first, also on a busy machine.
    try (EventHubsEmulator patient = startedWith(Duration.ofSeconds(4));
        EngineClient client = new EngineClient(patient.port(), 0)) {
      client.runUntil(() -> client.session().getRemoteState() == EndpointState.ACTIVE);
      assertThat(patient.connectionCount()).isEqualTo(1);

      // It reads from now on, and sends no heartbeats.
      client.runUntil(() -> client.connection().getRemoteState() == EndpointState.CLOSED);

      assertThat(client.connection().getRemoteCondition().getCondition().toString())
          .isEqualTo("amqp:resource-limit-exceeded");
      awaitNoConnection(patient);
    }
  }

  @Test
  void hangsUpOnOneThatNeverSpeaks() throws IOException {
    try (Socket silent = connect()) {
      assertThatTheEmulatorHangsUpOn(silent);
    }
  }

  @Test
  void hangsUpOnOneThatStopsInTheMiddleOfTheFirstWord() throws IOException {
    try (Socket silent = connect()) {
      silent.getOutputStream().write(new byte[] {'A', 'M', 'Q'});
      assertThatTheEmulatorHangsUpOn(silent);
    }
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), emulator.port());
    socket.setSoTimeout(Math.toIntExact(JavaClients.PATIENCE.toMillis()));
    return socket;
  }

  /** The end of what it sends shows that it has accepted the connection, too. */
  private void assertThatTheEmulatorHangsUpOn(Socket client) throws IOException {
    assertThat(client.getInputStream().readAllBytes()).isNotNull();
    awaitNoConnection(emulator);
  }

  private static void awaitNoConnection(EventHubsEmulator emulator) {
    await().atMost(JavaClients.PATIENCE).until(() -> emulator.connectionCount() == 0);
  }
}
