// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

class FreePortTest {

  /** Ports that the system gives out begin at 32768 or above. */
  @Test
  void theSystemGivesThePortToNobodyElse() throws Exception {
    int port = FreePort.on(List.of("127.0.0.1", "127.0.0.2"));

    assertThat(port).isBetween(1024, 32_767);
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getByName("127.0.0.2"))) {
      assertThat(socket.getLocalPort()).isEqualTo(port);
    }
  }
}
