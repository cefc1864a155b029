// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Each command that a page shows is run when this project is built:
 *
 * <ul>
 *   <li>{@code .ci/run} runs it, or a script that it calls. The values of properties may be others,
 *       and one test may stand for another one;
 *   <li>a test plays it, which the table below names;
 *   <li>the page is built and run as it stands, by {@code release/check-walk}.
 * </ul>
 */
class ShownCommandsTest {

  private static final RepositorySources JAVA = RepositorySources.ending(".java");
  private static final BuildScripts SCRIPTS = BuildScripts.read();

  /** Patterns of commands, and the test that plays each. */
  private static final Map<String, String> PLAYED =
      new TreeMap<>(
          Map.ofEntries(
              // Each of all pages in turn, on the emulators.
              Map.entry("eventhubs( .*)?", "PageCommandsTest"),
              Map.entry("az .*", "PageCommandsTest"),
              Map.entry(
                  "export (EVENTHUBS_NAMESPACE|STORAGE_URL|EVENTHUBS_TOKEN_COMMAND)=.*",
                  "PageCommandsTest"),
              Map.entry("alias eventhubs='java -jar cli/target/eventhubs.jar'", "EventhubsJarIT"),
              Map.entry("source <\\(eventhubs completion\\)", "UsageTest"),
              Map.entry("java -jar benchmarks/target/benchmarks.jar.*", "ShownBenchmarksTest"),
              Map.entry("java -XX:\\w+=orders.jsa -jar orders.jar", "ArchivedClassesTest"),
              Map.entry("java -jar \\S+-standalone.jar .* --persist \\S+", "EmulatorJarIT"),
              Map.entry(
                  "export (EVENTHUBS_CONNECTION_STRING|STORAGE_CONNECTION_STRING|EVENTHUB_NAME)=.*",
                  "ConnectionsTest"),
              Map.entry(
                  "curl -s http://127.0.0.1:[0-9]+/metrics \\| grep lag", "ScrapedQuickstartIT"),
              Map.entry(
                  "prometheus --config.file=\\S+ --storage.tsdb.path=\\S+",
                  "ScrapedQuickstartIT")));

  /** Commands that a script puts together of parts: the script, and the part of it that says so. */
  private static final Map<String, List<String>> PUT_TOGETHER =
      Map.of(
          "./mvnw -Prelease,sign verify -Dgpg.keyname=...",
          List.of("release/check", "MAVEN_OPTIONS=${signed:+-Psign} release/stage "),
          "./mvnw dependency:tree",
          List.of("release/check-consumer", "consumer dependency:tree "));

  /** Writes a page or a picture anew: the named test reads it, and CI runs it without. */
  private static final Pattern WRITES = Pattern.compile(" -D((?:page|pictures?)\\.write)=true");

  private static final String WALKED = "docs/first-service.md";

  static List<Named<ShownCommand>> commands() {
    return ShownCommand.all().stream()
        .map(command -> Named.of(command.toString(), command))
        .toList();
  }

  @Test
  void commandsAreFound() {
    assertThat(ShownCommand.all())
        .hasSizeGreaterThan(90)
        .extracting(ShownCommand::text)
        .contains(
            "npm run build",
            "eventhubs tail orders --from -10m --until now --filter '\"status\":500' --count 3",
            "prometheus --config.file=quickstart/target/quickstart-prometheus.yml"
                + " --storage.tsdb.path=quickstart/target/quickstart-prometheus");
  }

  @ParameterizedTest
  @MethodSource("commands")
  void isRun(ShownCommand command) {
    DocumentedCommands.check(command.text());
    if (command.page().equals(WALKED) && !command.text().startsWith("./mvnw ")) {
      return;
    }
    if (!SCRIPTS.run(withoutWriting(command.text()))
        && !PUT_TOGETHER.containsKey(command.text())
        && playedBy(command.text()).isEmpty()) {
      fail(
          "%s:%d shows a command that nothing runs: %s%nLet .ci/run or a script that it calls run"
              + " it, with other values of its properties where it takes long; or let a test play"
              + " it, and name that test in PLAYED of this one; or take the command out.",
          command.page(), command.line(), command.text());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "./mvnw verify -Pno-such-profile",
        "./mvnw -q -Pquickstart -Dno.such.property=1",
        "./mvnw deploy",
        "./mvnw -q package -DskipTests -pl connector",
        "./mvnw -pl connector -am test -Dtest=CommitterTest -Dpage.write=true",
        "release/no-such-script 0.1.0",
        "release/check 0.1.0",
        "npm run no-such-script",
        "kubectl apply -f samples/kubernetes/orders.yaml",
        "curl http://localhost:8558/ready",
        "java -jar cli/target/eventhubs.jar lag",
        "prometheus --no-such-option"
      })
  void anotherCommandIsFound(String command) {
    assertThat(SCRIPTS.run(withoutWriting(command))).isFalse();
    assertThat(playedBy(command)).isEmpty();
  }

  @Test
  void theTestsAndScriptsThatRunThemExist() {
    assertThat(PLAYED.values()).allMatch(JAVA::haveClass);
    assertThat(PUT_TOGETHER.values())
        .allSatisfy(
            script -> {
              assertThat(SCRIPTS.names()).contains(script.get(0));
              assertThat(Block.read(Block.ROOT.resolve(script.get(0)))).contains(script.get(1));
            });
  }

  private static String playedBy(String command) {
    return PLAYED.entrySet().stream()
        .filter(entry -> command.matches(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse("");
  }

  private static String withoutWriting(String command) {
    var writes = WRITES.matcher(command);
    var test = Pattern.compile("-Dtest=(\\w+)").matcher(command);
    if (writes.find() && test.find()) {
      String property = writes.group(1);
      if (JAVA.files().entrySet().stream()
          .filter(file -> file.getKey().endsWith("/" + test.group(1) + ".java"))
          .anyMatch(file -> file.getValue().contains("\"" + property + "\""))) {
        return writes.replaceFirst("");
      }
    }
    return command;
  }
}
