// SPDX-License-Identifier: Apache-2.0
package io.github.akkaeventhubs.together;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.emulator.documents.Snippets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/akka.md} shows code that is compiled, and keys and coordinates that there are. */
class AkkaPageTest {

  private static final Path PAGE = Path.of("..", "docs", "akka.md");
  private static final Path CODE =
      Path.of("src/test/java/io/github/akkaeventhubs/together/DocumentedAkkaStream.java");

  private static final Pattern BLOCK = Pattern.compile("```hocon\n(.*?)```", Pattern.DOTALL);

  private static final Pattern TIMEOUT_OF_A_PHASE =
      Pattern.compile("(akka\\.coordinated-shutdown\\.phases\\.[^.]+)\\.timeout");

  /** Sections whose keys the user names, or of libraries that these tests do not use. */
  private static final List<String> OPEN =
      List.of(
          "akka.coordinated-shutdown.reason-overrides.",
          "akka.management.",
          "akka.discovery.",
          "akka.projection.");

  /** What an application gives by its environment. */
  private static final Config ENVIRONMENT =
      ConfigFactory.parseString(
          "HOST = localhost, PORT = 25520, EVENTHUBS_CONNECTION_STRING = x,"
              + " STORAGE_CONNECTION_STRING = x");

  @Test
  void showsCompiledCode() throws IOException {
    assertThat(Snippets.shown(PAGE)).hasSize(1).isEqualTo(Snippets.compiled(CODE));
  }

  @Test
  void namesTheVersionThatIsTested() throws IOException {
    String version = akka.actor.ActorSystem.Version();

    assertThat(Files.readString(PAGE)).contains("<version>" + version + "</version>");
  }

  static List<Path> pagesWithSettings() throws IOException {
    try (Stream<Path> pages = Files.list(PAGE.resolveSibling(""))) {
      return pages
          .filter(page -> page.toString().endsWith(".md"))
          .filter(page -> !settings(page).isEmpty())
          .sorted()
          .toList();
    }
  }

  /** The page says that the settings of all pages hold with Akka's names. */
  @ParameterizedTest
  @MethodSource("pagesWithSettings")
  void akkaKnowsTheSettingsOfThePage(Path page) {
    Config reference = ConfigFactory.defaultReference();
    for (String text : settings(page)) {
      String renamed = text.replace("org.apache.pekko", "akka").replace("pekko", "akka");
      Config shown =
          ConfigFactory.parseString(renamed).resolveWith(ENVIRONMENT.withFallback(reference));
      assertThat(shown.entrySet())
          .isNotEmpty()
          .allMatch(
              entry ->
                  reference.hasPathOrNull(entry.getKey())
                      || isOpen(entry.getKey())
                      || isTimeoutOfAPhase(entry.getKey(), reference),
              "is in a reference configuration")
          .allSatisfy(entry -> assertNamesAClass(String.valueOf(entry.getValue().unwrapped())));
    }
  }

  private static List<String> settings(Path page) {
    try {
      return BLOCK.matcher(Files.readString(page)).results().map(found -> found.group(1)).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOpen(String key) {
    return !key.startsWith("akka.") || OPEN.stream().anyMatch(key::startsWith);
  }

  /** Akka has one default for the phases of a shutdown that name no time-out. */
  private static boolean isTimeoutOfAPhase(String key, Config reference) {
    Matcher phase = TIMEOUT_OF_A_PHASE.matcher(key);
    return phase.matches() && reference.hasPath(phase.group(1));
  }

  /** If it looks like the name of one of Akka's or the connector's. */
  private static void assertNamesAClass(String value) {
    if (value.matches("(akka|io\\.github\\.akkaeventhubs)(\\.[a-z]+)*\\.[A-Z]\\w+")) {
      assertThatCode(() -> Class.forName(value)).doesNotThrowAnyException();
    }
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
