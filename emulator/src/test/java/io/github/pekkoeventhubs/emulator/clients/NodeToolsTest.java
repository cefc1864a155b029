// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NodeToolsTest {
  @Test
  void installsTheOfficialClientsOnce() {
    Path home = NodeTools.install();

    assertThat(home.resolve("node_modules/@azure/event-hubs/package.json")).exists();
    assertThat(NodeTools.install()).isEqualTo(home);
  }

  @Test
  void startsAServerAndKillsIt() throws Exception {
    try (NodeServer azurite =
        NodeTools.startServer(
            "azurite/dist/src/blob/main.js",
            Pattern.compile("listens on (http://\\S+)"),
            Duration.ofSeconds(60),
            "--blobPort",
            "0",
            "--inMemoryPersistence",
            "--silent")) {
      assertThat(statusOf(URI.create(azurite.ready().group(1)))).isPositive();
    }
  }

  @Test
  void theLockFileNamesNoRegistry() throws IOException {
    String lock = Files.readString(Path.of("src/test/javascript/package-lock.json"));

    assertThat(lock).doesNotContain("\"resolved\"");
  }

  private static int statusOf(URI address) throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofInputStream())
        .statusCode();
  }
}
