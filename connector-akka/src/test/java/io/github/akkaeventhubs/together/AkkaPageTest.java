// SPDX-License-Identifier: Apache-2.0
package io.github.akkaeventhubs.together;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.emulator.documents.Snippets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code docs/akka.md} shows code that is compiled, and keys and coordinates that there are. */
class AkkaPageTest {

  private static final Path PAGE = Path.of("..", "docs", "akka.md");
  private static final Path CODE =
      Path.of("src/test/java/io/github/akkaeventhubs/together/DocumentedAkkaStream.java");

  @Test
  void showsCompiledCode() throws IOException {
    assertThat(Snippets.shown(PAGE)).hasSize(1).isEqualTo(Snippets.compiled(CODE));
  }

  @Test
  void namesTheVersionThatIsTested() throws IOException {
    String version = akka.actor.ActorSystem.Version();

    assertThat(Files.readString(PAGE)).contains("<version>" + version + "</version>");
  }

  @Test
  void eachConnectorHasItsOwnSettings() {
    Config both = ConfigFactory.load();

    assertThat(both.getConfig("akka.eventhubs.consumer").root().keySet())
        .isEqualTo(both.getConfig("pekko.eventhubs.consumer").root().keySet());
    assertThat(both.getStringList("akka.library-extensions"))
        .contains("io.github.akkaeventhubs.sharded.ShardingOnEveryMember");
    assertThat(both.getStringList("pekko.library-extensions"))
        .contains("io.github.pekkoeventhubs.sharded.ShardingOnEveryMember");
  }
}
