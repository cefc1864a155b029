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

    Connections connections = Connections.chosen("azure", environment).orElseThrow();
    assertThat(connections.eventHubs()).startsWith("Endpoint=sb://").contains("SharedAccessKey=");
    assertThat(connections.storage()).startsWith("DefaultEndpointsProtocol=https;AccountName=");
    assertThat(environment).containsAllEntriesOf(connections.toEnvironment());
    // The page says that the three names are the defaults.
    Map<String, String> withoutNames =
        Map.of(
            "EVENTHUBS_CONNECTION_STRING", connections.eventHubs(),
            "STORAGE_CONNECTION_STRING", connections.storage());
    assertThat(Connections.chosen("azure", withoutNames)).contains(connections);
  }

  /** They may be there for the command line. */
  @Test
  void exportsAloneLeadToNoRealService() throws IOException {
    try (Services services = Services.start("embedded", exported(), 1)) {
      assertThat(services.toString()).contains("embedded");
      assertThat(services.connections().eventHubs()).startsWith("Endpoint=sb://localhost:");
      assertThat(services.connections().storage()).contains("BlobEndpoint=http://127.0.0.1:");
    }
    assertThat(Connections.ignored("embedded", exported()))
        .contains(
            "Not used: EVENTHUBS_CONNECTION_STRING and STORAGE_CONNECTION_STRING."
                + " -Dservices=azure uses them.");
    assertThat(Connections.ignored("embedded", Map.of("EVENTHUBS_CONNECTION_STRING", "Endpoint=x")))
        .contains("Not used: EVENTHUBS_CONNECTION_STRING. -Dservices=azure uses them.");
    assertThat(Connections.ignored("embedded", Map.of("CONSUMER_GROUP", "billing"))).isEmpty();
    assertThat(Connections.ignored("azure", exported())).isEmpty();
  }

  /** The page and the hint name a property of Maven's; the program has one of its own. */
  @Test
  void theCommandOfThePageChoosesTheRealServices() throws IOException {
    assertThat(Files.readString(PAGE)).contains("\n./mvnw -Pquickstart -Dservices=azure\n");
    assertThat(Files.readString(Path.of("pom.xml")))
        .contains("<services>embedded</services>", "-D" + Quickstart.SERVICES + "=${services}<");
  }

  @Test
  void refusesAChoiceThatCannotBeMade() {
    assertThatThrownBy(
            () -> Connections.chosen("azure", Map.of("EVENTHUBS_CONNECTION_STRING", "Endpoint=x")))
        .hasMessageContaining("STORAGE_CONNECTION_STRING");
    assertThatThrownBy(() -> Connections.chosen("azure", Map.of()))
        .hasMessageContaining("EVENTHUBS_CONNECTION_STRING")
        .hasMessageContaining("STORAGE_CONNECTION_STRING");
    assertThatThrownBy(() -> Connections.chosen("real", Map.of()))
        .hasMessage("services is 'real'; it must be embedded or azure.");
  }
}
