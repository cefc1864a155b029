// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command lines that the pages show are understood, and choose scenarios. */
class ShownBenchmarksTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern COMMAND =
      Pattern.compile("java -jar benchmarks/target/benchmarks\\.jar *([^#`\\n]*)");

  static List<String> arguments() {
    return Stream.of(ROOT, ROOT.resolve("docs"))
        .flatMap(ShownBenchmarksTest::pages)
        .flatMap(page -> COMMAND.matcher(read(page)).results())
        .map(found -> found.group(1).strip())
        .toList();
  }

  private static Stream<Path> pages(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".md")).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Scenario> chosen(String words) {
    BenchmarkArguments arguments =
        BenchmarkArguments.parse(words.isEmpty() ? new String[0] : words.split("\\s+"));
    return Scenarios.named(arguments.scenarios(), arguments.quick());
  }

  @Test
  void commandsAreFound() {
    assertThat(arguments()).contains("", "--list", "--quick").hasSizeGreaterThanOrEqualTo(6);
  }

  @ParameterizedTest
  @MethodSource("arguments")
  void chooseScenarios(String words) {
    long names =
        Stream.of(words.replaceAll("--out \\S+", "").split("\\s+"))
            .filter(word -> !word.isEmpty() && !word.startsWith("-"))
            .count();

    assertThat(chosen(words)).hasSizeGreaterThanOrEqualTo((int) Math.max(1, names));
  }

  @Test
  void anUnknownScenarioIsRefused() {
    assertThatThrownBy(() -> chosen("handover nothing-like-it"))
        .hasMessageContaining("nothing-like-it");
  }
}
