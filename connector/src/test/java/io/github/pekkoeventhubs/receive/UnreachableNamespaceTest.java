// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ServiceUnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A namespace that cannot be reached is named with its host, its port and the reason. */
class UnreachableNamespaceTest {

  private static Throwable askingForPartitions(String hostAndPort) {
    ConsumerSettings settings =
        ConsumerSettings.create(
                ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
            .withConnectionString(
                "Endpoint=sb://"
                    + hostAndPort
                    + ";SharedAccessKeyName=listen;SharedAccessKey=c2VjcmV0;"
                    + "UseDevelopmentEmulator=true")
            .withEventHubName("orders")
            .withMetadataTimeout(Duration.ofSeconds(1));
    EventHubClients clients = EventHubClients.open(settings, null);
    try {
      Throwable error =
          catchThrowable(
              () ->
                  clients
                      .partitionIds()
                      .toCompletableFuture()
                      .orTimeout(20, TimeUnit.SECONDS)
                      .join());
      assertThat(error).isInstanceOf(CompletionException.class);
      return Objects.requireNonNull(error.getCause());
    } finally {
      clients.close().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
    }
  }

  @Test
  void aPortOnWhichNobodyListens() {
    // A port that a test has closed may be given to another process.
    assertThat(askingForPartitions("localhost:1"))
        .isInstanceOf(ServiceUnavailableException.class)
        .hasMessageStartingWith("asking event hub 'orders' for its partitions failed: ")
        .hasMessageContaining("no connection to localhost:1: ")
        .hasMessageContaining("refused")
        .hasMessageNotContaining("collectList");
  }

  @Test
  void aHostWhoseNameIsUnknown() {
    assertThat(askingForPartitions("no-such-namespace.invalid:5671"))
        .isInstanceOf(ServiceUnavailableException.class)
        .hasMessageContaining("no connection to no-such-namespace.invalid:5671: ")
        .hasMessageNotContaining("collectList");
  }

  @Test
  void aServerThatAcceptsConnectionsAndSaysNothing() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String address = "localhost:" + silent.getLocalPort();

      assertThat(askingForPartitions(address))
          .isInstanceOf(ServiceUnavailableException.class)
          .hasMessageContaining(address + " accepts connections, but has not answered");
    }
  }

  @Test
  void theAddressOfANamespaceIsItsHostAndThePortOfAmqpOverTls() {
    assertThat(NamespaceAddress.of("ns.servicebus.windows.net", ""))
        .hasToString("ns.servicebus.windows.net:5671");
    assertThat(
            NamespaceAddress.of(
                "ns.servicebus.windows.net",
                "Endpoint=sb://ns.servicebus.windows.net/;SharedAccessKeyName=k;"
                    + "SharedAccessKey=c2VjcmV0"))
        .hasToString("ns.servicebus.windows.net:5671");
  }

  @Test
  void aCustomizedClientMayTakeAnotherWay() {
    NamespaceAddress address = new NamespaceAddress("no-such-namespace.invalid", 5671, true);

    assertThat(address.orAnother().whyNoAnswer().toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(20))
        .asString()
        .startsWith("no connection to no-such-namespace.invalid:5671: ")
        .contains("if it uses web sockets or a proxy, this connection says nothing about them");
    assertThat(address.whyNoAnswer().toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(20))
        .asString()
        .doesNotContain("proxy");
  }

  @Test
  void anEmulatorIsAtThePortOfItsConnectionString() {
    String keys = ";SharedAccessKeyName=k;SharedAccessKey=c2VjcmV0;UseDevelopmentEmulator=true";

    assertThat(NamespaceAddress.of("localhost", "Endpoint=sb://localhost:1234" + keys))
        .hasToString("localhost:1234");
    assertThat(NamespaceAddress.of("localhost", "Endpoint=sb://localhost" + keys))
        .hasToString("localhost:5672");
  }
}
