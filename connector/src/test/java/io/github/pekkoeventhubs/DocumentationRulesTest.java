// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The Javadoc of every public type of the API says how it fails, and on which thread it runs or
 * that it may be used on all. The words are looked for, in the sources; whether they are true is
 * for reviewers to see.
 */
class DocumentationRulesTest {

  private static final Path SOURCES = Path.of("src/main/java/io/github/pekkoeventhubs");

  private static final Pattern DECLARATION =
      Pattern.compile(
          "^public (?:abstract |final |sealed |non-sealed )*"
              + "(class|interface|record|enum|@interface) (\\w+)",
          Pattern.MULTILINE);

  private static final Pattern FAILURE =
      Pattern.compile(
          "\\b(fail(s|ed|ing|ure|ures)?|refused?|throws?)\\b", Pattern.CASE_INSENSITIVE);

  private static final Pattern THREAD =
      Pattern.compile("\\b([Tt]hreads?|[Tt]hread-safe|[Ii]mmutable)\\b");

  /**
   * Have nothing of their own to say: constants of an enum neither fail nor run. Kinds of failures
   * are failures, and immutable as {@link EventHubsException} says for all of them; what each has
   * to say instead is whether it may pass, which {@link EventHubsExceptionTest} asks for.
   */
  private static boolean hasNothingToSay(Type type) {
    return type.kind().equals("enum")
        || (type.name().endsWith("Exception") && !type.name().equals("EventHubsException"));
  }

  /** Types of the API that cannot keep the rule, with the reason for each. There are none. */
  private static final Set<String> EXCEPTIONS = Set.of();

  private record Type(String kind, String name, String javadoc, boolean internal) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static Stream<Type> publicTypes() {
    return Stream.of(SOURCES, SOURCES.resolve("javadsl"))
        .flatMap(folder -> files(folder).stream())
        .flatMap(DocumentationRulesTest::publicType)
        .filter(type -> !type.internal());
  }

  private static List<Path> files(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Type> publicType(Path file) {
    String source;
    try {
      source = Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Matcher declaration = DECLARATION.matcher(source);
    if (!declaration.find()) {
      return Stream.empty();
    }
    String before = source.substring(0, declaration.start());
    int begin = before.lastIndexOf("/**");
    int end = before.indexOf("*/", Math.max(begin, 0));
    return Stream.of(
        new Type(
            declaration.group(1),
            declaration.group(2),
            begin < 0 ? "" : before.substring(begin, end).replaceAll("\\s*\\n \\* ?", " "),
            begin >= 0 && before.substring(end).contains("@InternalApi")));
  }

  static Stream<Type> typesWithSomethingToSay() {
    return publicTypes()
        .filter(type -> !hasNothingToSay(type))
        .filter(type -> !EXCEPTIONS.contains(type.name()));
  }

  @ParameterizedTest
  @MethodSource("typesWithSomethingToSay")
  void aTypeSaysHowItFails(Type type) {
    assertThat(type.javadoc()).as(type.name()).containsPattern(FAILURE);
  }

  @ParameterizedTest
  @MethodSource("typesWithSomethingToSay")
  void aTypeSaysOnWhichThreadItRunsOrThatItIsSafeForAll(Type type) {
    assertThat(type.javadoc()).as(type.name()).containsPattern(THREAD);
  }

  @Test
  void theTypesOfTheApiAreFound() {
    assertThat(publicTypes().map(Type::name))
        .contains("Consumer", "Committer", "Producer", "EventHubsMetadata")
        .contains("ConsumerSettings", "CommittableOffset", "PartitionStore", "ReceiveException")
        .doesNotContain("SettingsSection", "StageFailure");
    assertThat(typesWithSomethingToSay()).hasSizeGreaterThan(25);
  }

  @Test
  void thePackageNamesEveryTypeUnderItsTheme() throws IOException {
    String themes = Files.readString(SOURCES.resolve("package-info.java"));

    assertThat(files(SOURCES).stream().flatMap(DocumentationRulesTest::publicType))
        .allSatisfy(
            type ->
                assertThat(themes)
                    .as(type.name())
                    .containsPattern("[.\\s{]" + Pattern.quote(type.name()) + "[}\\s]"));
  }
}
