// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionsTest {

  private static final Path PAGE = Path.of("..", "docs", "quickstart.md");

  /** What a shell has in its environment after the lines of the page. */
  private static Map<String, String> exported() throws IOException {
    String lines =
        Files.readString(PAGE)
            .lines()
            .filter(line -> line.startsWith("export "))
            .collect(joining("\n"));
    ProcessBuilder builder = new ProcessBuilder("/bin/sh", "-ec", lines + "\nenv");
    builder.environment().clear();
    Process shell = builder.redirectErrorStream(true).start();
    String output = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return output
        .lines()
        .map(line -> line.split("=", 2))
        .filter(entry -> entry.length == 2)
        .collect(toMap(entry -> entry[0], entry -> entry[1]));
  }

  @Test
  void theExportsOfThePageNameBothServicesAndWhatIsInThem() throws IOException {
    Map<String, String> environment = exported();

    Connections connections = Connections.from(environment).orElseThrow();
    assertThat(connections.eventHubs()).startsWith("Endpoint=sb://").contains("SharedAccessKey=");
    assertThat(connections.storage()).startsWith("DefaultEndpointsProtocol=https;AccountName=");
    assertThat(environment).containsAllEntriesOf(connections.toEnvironment());
    // The page says that the three names are the defaults.
    Map<String, String> withoutNames =
        Map.of(
            "EVENTHUBS_CONNECTION_STRING", connections.eventHubs(),
            "STORAGE_CONNECTION_STRING", connections.storage());
    assertThat(Connections.from(withoutNames)).contains(connections);
  }

  @Test
  void oneServiceWithoutTheOtherIsRefusedAndNoneMeansTheEmbeddedOnes() {
    assertThatThrownBy(() -> Connections.from(Map.of("EVENTHUBS_CONNECTION_STRING", "Endpoint=x")))
        .hasMessageContaining("STORAGE_CONNECTION_STRING");
    assertThat(Connections.from(Map.of())).isEmpty();
  }
}
