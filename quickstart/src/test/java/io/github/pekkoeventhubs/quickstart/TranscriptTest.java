// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages show the words that the quickstart prints, and nothing of them wraps. */
class TranscriptTest {

  private static final Path SOURCES = Path.of("src/main/java");
  private static final Pattern BLOCK = Pattern.compile("```text\n(.*?)```", Pattern.DOTALL);

  /** What is different in each run, or is the name of a node or a state. */
  private static final Pattern CHANGING =
      Pattern.compile(
          "\\S*[/=]\\S*|[\\d,:;…|]+|this process|(?<= )node (?=\\d)|running|'[a-z]+'|\\\\|(?<=group).*");

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "docs/quickstart.md", "docs/operations.md"})
  void showsTheWordsOfTheProgram(String page) throws IOException {
    String printed = words(sources());
    List<String> transcript = transcript(Path.of("..").resolve(page));

    assertThat(transcript)
        .isNotEmpty()
        .allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(Screen.WIDTH))
        .allSatisfy(line -> assertThat(pieces(line)).allMatch(printed::contains, "is printed"));
  }

  private static List<String> transcript(Path page) throws IOException {
    List<String> lines = new ArrayList<>();
    for (MatchResult block : BLOCK.matcher(Files.readString(page)).results().toList()) {
      block.group(1).lines().filter(line -> !line.isBlank()).forEach(lines::add);
    }
    return lines;
  }

  /** The parts of a line between what changes, each with the spaces between its words made one. */
  private static List<String> pieces(String line) {
    return Stream.of(CHANGING.split(line))
        .map(TranscriptTest::words)
        .map(String::strip)
        .map(piece -> piece.replaceAll("\\.$", ""))
        .filter(piece -> piece.matches(".*[a-z]{3}.*"))
        .toList();
  }

  private static String words(String text) {
    return text.replaceAll("\"\\s*\\+\\s*\"", "").replaceAll("[\",]+", " ").replaceAll("\\s+", " ");
  }

  private static String sources() throws IOException {
    try (Stream<Path> files = Files.walk(SOURCES)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(TranscriptTest::read)
          .collect(Collectors.joining("\n"));
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
