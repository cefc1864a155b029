// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.EventHubsException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * {@code docs/troubleshooting.md} quotes lines that are logged, and has a place for each exception.
 */
class TroubleshootingPageTest {

  private static final String PAGE = Block.read(Block.ROOT.resolve("docs/troubleshooting.md"));
  private static final Pattern ROW = Pattern.compile("(?m)^\\| `(.*?)` \\| .* \\| `(\\w+)` \\|$");
  private static final Pattern QUOTED_LINE = Pattern.compile("`([^`\\n]*…[^`\\n]*)`");

  /** This page has a program, which prints a line that it quotes; {@code Walk} looks for it. */
  private static final String WALKED = Block.read(Block.ROOT.resolve("docs/first-service.md"));

  private static final Map<String, String> SOURCES = joined("connector/src/main/");
  private static final Map<String, String> TESTS = joined("/src/test/");

  /**
   * A quoted line.
   *
   * @param text with an ellipsis for what differs
   * @param test the class of a test in which it is seen
   */
  private record Quoted(String text, String test) {
    List<String> pieces() {
      return Arrays.stream(text.split("…|'"))
          .map(String::strip)
          .filter(p -> p.contains(" "))
          .toList();
    }
  }

  /** Files below a folder; a text that is written in several parts is one. */
  private static Map<String, String> joined(String folder) {
    Map<String, String> files = RepositorySources.ending(".java").files();
    files.keySet().removeIf(file -> !file.contains(folder));
    files.replaceAll((file, text) -> text.replaceAll("\"\\s*\\+\\s*\"", "").replace("\\\"", "\""));
    return files;
  }

  static List<Quoted> quoted() {
    return ROW.matcher(PAGE).results().map(row -> new Quoted(row.group(1), row.group(2))).toList();
  }

  @Test
  void linesAreQuoted() {
    assertThat(quoted()).hasSizeGreaterThan(20);
  }

  @ParameterizedTest
  @MethodSource("quoted")
  void theLineIsInTheSourcesAndSeenInTheTest(Quoted line) {
    String sources = SOURCES.values().stream().collect(joining("\n"));
    String test =
        TESTS.entrySet().stream()
            .filter(file -> file.getKey().endsWith("/" + line.test() + ".java"))
            .map(Map.Entry::getValue)
            .collect(joining());

    assertThat(line.pieces()).isNotEmpty().allMatch(sources::contains, "is in the sources");
    assertThat(test).as("the test %s", line.test()).isNotEmpty();
    assertThat(line.pieces())
        .as("words of the line in " + line.test())
        .anySatisfy(piece -> assertThat(groups(piece)).anyMatch(test::contains));
  }

  /** Between back quotes on another page, with words and an ellipsis for what differs. */
  static List<Quoted> quotedElsewhere() {
    return Block.pages().stream()
        .filter(page -> !page.endsWith("troubleshooting.md") && !page.endsWith("CHANGELOG.md"))
        .flatMap(page -> QUOTED_LINE.matcher(withoutBlocks(page)).results())
        .map(found -> new Quoted(found.group(1), ""))
        .filter(line -> !line.pieces().isEmpty())
        .distinct()
        .toList();
  }

  private static String withoutBlocks(Path page) {
    return Pattern.compile("(?ms)^ *```.*?^ *```").matcher(Block.read(page)).replaceAll("");
  }

  @Test
  void linesAreQuotedElsewhere() {
    assertThat(quotedElsewhere())
        .extracting(Quoted::text)
        .hasSizeGreaterThan(15)
        .contains("handing over: …", "assigned to …");
  }

  @ParameterizedTest
  @MethodSource("quotedElsewhere")
  void theLineOfAnotherPageIsInTheSourcesAndSeenInATest(Quoted line) {
    String sources = SOURCES.values().stream().collect(joining("\n")) + WALKED;
    List<String> tests =
        TESTS.entrySet().stream()
            .filter(file -> !file.getKey().contains("/documents/"))
            .map(Map.Entry::getValue)
            .toList();

    // What is put together of parts is written whole in a test.
    assertThat(line.pieces())
        .allMatch(
            piece ->
                sources.contains(piece) || tests.stream().anyMatch(test -> test.contains(piece)),
            "is in the sources, or in a test");
    assertThat(tests)
        .as("a test has words of the line")
        .anyMatch(
            test ->
                line.pieces().stream()
                    .flatMap(piece -> groups(piece).stream())
                    .anyMatch(test::contains));
  }

  /** Each three words that follow each other, or all if there are fewer. */
  private static List<String> groups(String piece) {
    String[] words = piece.split(" ");
    int size = Math.min(3, words.length);
    return java.util.stream.IntStream.rangeClosed(0, words.length - size)
        .mapToObj(first -> String.join(" ", Arrays.copyOfRange(words, first, first + size)))
        .toList();
  }

  static List<Class<?>> exceptions() {
    return SOURCES.keySet().stream()
        .filter(file -> file.matches(".*/java/io/github/pekkoeventhubs/\\w+Exception\\.java"))
        .<Class<?>>map(TroubleshootingPageTest::classOf)
        .toList();
  }

  private static Class<?> classOf(String file) {
    try {
      return Class.forName(
          file.substring(file.indexOf("io/github")).replace(".java", "").replace('/', '.'));
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @MethodSource("exceptions")
  void eachExceptionHasAPlace(Class<?> exception) {
    assertThat(EventHubsException.class).isAssignableFrom(exception);
    assertThat(PAGE).contains("\n### " + exception.getSimpleName() + "\n");
  }

  @Test
  void aMessageEndsWithThePlaceOfItsException() {
    assertThat(exceptions()).hasSizeGreaterThan(15);
    EventHubsException failure = new EventHubsException("The hub is closed");
    assertThat(failure)
        .hasMessageMatching(
            "The hub is closed\\. See https://github\\.com/.*/docs/troubleshooting\\.md#"
                + EventHubsException.class.getSimpleName().toLowerCase(Locale.ROOT));
  }
}
