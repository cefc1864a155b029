// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A colleague whose English is a second language reads each sentence once. These are the two kinds
 * of riddles that a program can find: a sentence that begins with a relative word without a noun,
 * and a metaphor that only its author knows.
 */
class PlainEnglishTest {

  /** Comments in Java files; strings are matched first, so that their contents are skipped. */
  private static final Pattern COMMENT =
      Pattern.compile(
          "\"\"\".*?\"\"\"|\"(?:\\\\.|[^\"\\\\\\n])*\"|'(?:\\\\.|[^'\\\\])+'"
              + "|/\\*(?<block>.*?)\\*/|//(?<line>[^\\n]*)",
          Pattern.DOTALL);

  private static final Pattern RIDDLE =
      Pattern.compile(
          "(?:^|(?<=[.;:] ))(?:Who|What|So many|As many|So much|As much|So long|As long"
              + "|Of (?:an?|the|what|its|all|each|this))\\b");

  private static final Pattern METAPHOR =
      Pattern.compile(
          "\\b(?:doz(?:e|es|ing|ed)|deaf|the bell|barred|sightings?|tours? the"
              + "|strings by which)\\b",
          Pattern.CASE_INSENSITIVE);

  @Test
  void sentencesOfCommentsBeginWithTheirSubject() {
    assertThat(inComments(RIDDLE)).isEmpty();
  }

  @Test
  void commentsUseNoPrivateMetaphors() {
    assertThat(inComments(METAPHOR)).isEmpty();
  }

  @Test
  void documentsAndConfigurationUseNoPrivateMetaphors() {
    List<String> found = new ArrayList<>();
    Path configuration = Repository.root().resolve("connector/src/main/resources/reference.conf");
    Stream.concat(Repository.documents().stream(), Stream.of(configuration))
        .forEach(file -> find(METAPHOR, file, Repository.read(file), found));
    assertThat(found).isEmpty();
  }

  @Test
  void bothKindsAreFound() {
    List<String> found = new ArrayList<>();
    find(RIDDLE, Path.of("A.java"), "It is here. So many events wait.", found);
    find(METAPHOR, Path.of("A.java"), "The stage dozes.", found);
    find(RIDDLE, Path.of("A.java"), "It says what it does. Somebody reads it.", found);
    assertThat(found).hasSize(2);
  }

  private static List<String> inComments(Pattern pattern) {
    List<String> found = new ArrayList<>();
    for (Path file : Repository.javaFiles("src/main/java")) {
      for (String comment : comments(Repository.read(file))) {
        find(pattern, file, comment, found);
      }
    }
    return found;
  }

  /**
   * The comments of a file, each as one line. Lines of one-line comments that follow each other are
   * separate comments: a sentence that runs over two of them is looked at in two parts.
   */
  private static List<String> comments(String source) {
    List<String> comments = new ArrayList<>();
    Matcher matcher = COMMENT.matcher(source);
    while (matcher.find()) {
      if (matcher.group("block") != null) {
        String text = matcher.group("block").replaceAll("\\n\\s*\\*", " ").replace("*", " ");
        comments.add(
            text.replaceAll("<p>|@return|@param \\S+", ". ").replaceAll("\\s+", " ").strip());
      } else if (matcher.group("line") != null) {
        comments.add(matcher.group("line").strip());
      }
    }
    return comments;
  }

  private static void find(Pattern pattern, Path file, String text, List<String> found) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      int end = Math.min(text.length(), matcher.start() + 80);
      found.add(file.getFileName() + ": " + text.substring(matcher.start(), end));
    }
  }
}
