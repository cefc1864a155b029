// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/**
 * {@code docs/cli.md} shows commands that are understood, and columns and members that are printed.
 */
class CliPageTest {

  private static final Path PAGES = Path.of("..", "docs");

  private static final Terminal NO_TERMINAL =
      new Terminal(
          Map.of(),
          InputStream.nullInputStream(),
          new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
          new PrintStream(OutputStream.nullOutputStream(), true, UTF_8),
          false,
          80,
          Clock.systemUTC());

  private static String page() {
    try (Stream<Path> pages = Files.list(PAGES)) {
      return pages
          .filter(page -> page.toString().endsWith(".md"))
          .map(CliPageTest::read)
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In blocks at the beginning of a line, and within the text between back quotes. */
  static List<String> commands() {
    return found(page(), "(?m)^(?:\\$ )?(eventhubs [a-z-].*)$|`(eventhubs [a-z]+ [^`]+)`");
  }

  static List<String> members() {
    return found(read(PAGES.resolve("cli.md")), "(?m)\"([a-zA-Z]+)\":").stream()
        .distinct()
        .toList();
  }

  @ParameterizedTest
  @MethodSource("commands")
  void theCommandIsUnderstood(String command) {
    List<String> words =
        Pattern.compile("'([^']*)'|(\\S+)")
            .matcher(command.substring("eventhubs ".length()))
            .results()
            .map(word -> word.group(1) == null ? word.group(2) : word.group(1))
            .toList();

    CommandLine.ParseResult parsed =
        EventHubs.commands(NO_TERMINAL, new SecretFilter()).parseArgs(words.toArray(String[]::new));

    assertThat(parsed.hasSubcommand() || parsed.isUsageHelpRequested()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("members")
  void theMemberIsPrinted(String member) {
    if (!List.of("order", "status").contains(member)) {
      assertThat(sources()).contains("\"" + member + "\"");
    }
  }

  private static List<String> found(String text, String pattern) {
    return Pattern.compile(pattern)
        .matcher(text)
        .results()
        .map(found -> found.group(1) == null ? found.group(2) : found.group(1))
        .toList();
  }

  private static String sources() {
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(CliPageTest::read)
          .collect(Collectors.joining("\n"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The text of a file; throws an unchecked exception where it cannot be read. */
  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
