// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.azure.messaging.eventhubs.EventData;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each command of {@code eventhubs} that a page shows whole is run against the emulators, and those
 * of {@code az} by that program, up to its answer that nobody has logged in.
 */
class PageCommandsTest extends CommandTest {

  private static final Path PAGES = Path.of("..", "docs");

  /** In blocks at the beginning of a line, and within the text between back quotes. */
  private static final Pattern COMMAND =
      Pattern.compile("(?m)^(?:\\$ )?eventhubs ([a-z-].*)$|`eventhubs ([a-z]+ [^`]+)`");

  private static final Pattern WORD = Pattern.compile("'([^']*)'|(\\S+)");

  @TempDir Path folder;

  static List<String> commands() {
    try (Stream<Path> pages = Files.list(PAGES)) {
      return pages
          .filter(page -> page.toString().endsWith(".md"))
          .sorted()
          .flatMap(page -> COMMAND.matcher(CliPageTest.read(page)).results())
          .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
          .distinct()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @BeforeEach
  void fill() {
    eventHubs.addEventHub("orders-test", 2);
    for (int i = 0; i < 5; i++) {
      eventHubs.send(HUB, "0", new EventData("{\"order\":" + i + ",\"status\":500}"));
    }
    checkpoint(GROUP, "0", 3);
  }

  private String[] arguments(String command) throws IOException {
    List<String> arguments = new ArrayList<>();
    for (var word : WORD.matcher(command).results().toList()) {
      String text = word.group(1) == null ? word.group(2) : word.group(1);
      if (text.endsWith(".jsonl")) {
        text = Files.writeString(folder.resolve(text), "one\ntwo\n").toString();
      }
      arguments.add(text);
    }
    if (command.startsWith("ui ")) {
      arguments.addAll(List.of("--port", "0"));
    }
    return arguments.toArray(String[]::new);
  }

  @Test
  void commandsAreFound() {
    assertThat(commands())
        .contains("--help", "ui orders", "reset orders --group billing --to earliest --execute")
        .hasSizeGreaterThan(10);
  }

  @ParameterizedTest
  @MethodSource("commands")
  void doesWhatItIsThereFor(String command) throws Exception {
    String[] arguments = arguments(command);
    if (command.startsWith("ui ") || command.startsWith("watch ")) {
      try (Running running = new Running(arguments)) {
        assertThat(running.awaitOut("http://127\\.0\\.0\\.1:\\d+/|partition 0").group())
            .isNotEmpty();
      }
      return;
    }
    Result result = run(arguments);

    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).isNotBlank();
  }

  @Test
  void azUnderstandsTheTokenCommandOfThePage() throws Exception {
    assumeAz();
    // The login of this machine's user is left alone.
    String loggedOut = "AZURE_CONFIG_DIR='" + folder.resolve("azure") + "' ";
    Map<String, String> exported = exported();
    assertThat(exported.keySet())
        .contains("EVENTHUBS_NAMESPACE", "STORAGE_URL", "EVENTHUBS_TOKEN_COMMAND");
    environment.clear();
    environment.putAll(exported);
    environment.put("EVENTHUBS_TOKEN_COMMAND", loggedOut + exported.get("EVENTHUBS_TOKEN_COMMAND"));

    Result result = run("lag", HUB, "--group", GROUP);

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .contains("the token command ended with exit code 1", "Please run 'az login'");
    environment.computeIfPresent(
        "EVENTHUBS_TOKEN_COMMAND", (name, command) -> command.replace("--query", "--qery"));
    assertThat(run("lag", HUB).err()).contains("the token command ended with exit code 2");
  }

  @Test
  void azKnowsTheOtherCommandsOfThePage() throws Exception {
    assumeAz();
    List<String> shown =
        CliPageTest.read(PAGES.resolve("cli.md"))
            .lines()
            .filter(line -> line.startsWith("az "))
            .toList();

    assertThat(shown).isNotEmpty();
    for (String command : shown) {
      assertThat(shell(command + " --help")).contains("Command\n    " + command + " : ");
    }
  }

  private static void assumeAz() {
    assumeTrue(
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .anyMatch(entry -> Files.isExecutable(Path.of(entry, "az"))),
        "az is not installed");
  }

  /** What a shell exports that is given these lines of the page. */
  private Map<String, String> exported() throws Exception {
    Map<String, String> exported = new TreeMap<>();
    List<String> lines =
        CliPageTest.read(PAGES.resolve("cli.md"))
            .lines()
            .filter(line -> line.startsWith("export "))
            .toList();
    for (String line :
        shell("unset TOKEN_RESOURCE\n" + String.join("\n", lines) + "\nenv").lines().toList()) {
      String[] entry = line.split("=", 2);
      if (entry.length == 2 && String.join(" ", lines).contains(entry[0] + "=")) {
        exported.put(entry[0], entry[1]);
      }
    }
    return exported;
  }

  private String shell(String script) throws Exception {
    Path output = folder.resolve("shell.txt");
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", "-ec", script)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    builder.environment().put("AZURE_CONFIG_DIR", folder.resolve("azure").toString());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("%s ends", script).isTrue();
      String text = Files.readString(output, StandardCharsets.UTF_8);
      assertThat(process.exitValue()).as(text).isZero();
      return text;
    } finally {
      process.destroyForcibly();
    }
  }
}
