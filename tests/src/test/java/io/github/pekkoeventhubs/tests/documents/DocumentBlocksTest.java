// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each block of a page is exercised, by its language:
 *
 * <ul>
 *   <li>{@code java} and {@code sql}: the same lines are in a source file that the build compiles;
 *   <li>{@code hocon}: it is loaded over the reference configurations, which know each key;
 *   <li>{@code xml}: dependencies are those of the build in its versions, loggers are loaded;
 *   <li>{@code yaml}: it is loaded, and its keys are known;
 *   <li>{@code sh}: each command names profiles, modules, tests, options and scripts that exist;
 *   <li>{@code kotlin} and {@code scala}: lines of a build file, which name the build's versions;
 *   <li>{@code text}: what a program prints; a test that the table below names compares it.
 * </ul>
 *
 * A block in another language, or in none, fails. One page is built and run as it stands, by {@code
 * release/check-walk}: its code is in no source file.
 */
class DocumentBlocksTest {

  /** The tests that compare what a program prints with a page. */
  private static final Map<String, String> PRINTED =
      Map.of(
          "docs/at-least-once.md",
          "StreamAuditTest",
          "docs/cli.md",
          "CliPageTest",
          "docs/quickstart.md",
          "TranscriptTest",
          "docs/operations.md",
          "TranscriptTest",
          "README.md",
          "TranscriptTest");

  private static final String WALKED = "docs/first-service.md";

  private static final RepositorySources JAVA = RepositorySources.ending(".java");

  static List<Named<Block>> blocks() {
    return Block.all().stream().map(block -> Named.of(block.toString(), block)).toList();
  }

  @Test
  void blocksAreFound() {
    assertThat(Block.all()).hasSizeGreaterThan(70);
  }

  @Test
  void thePageThatIsWalkedIsWalkedByTheBuild() {
    assertThat(Block.read(Block.ROOT.resolve(".ci/run"))).contains("\nrelease/check-walk ");
    assertThat(Block.read(Block.ROOT.resolve("release/check-walk"))).contains(WALKED);
  }

  @ParameterizedTest
  @MethodSource("blocks")
  void isExercised(Block block) {
    switch (block.language()) {
      case "java" ->
          assertThat(block.page().equals(WALKED) || JAVA.haveLines(block.text()))
              .as("is compiled")
              .isTrue();
      case "sql" -> assertThat(JAVA.haveText(block.text())).as("is run").isTrue();
      case "hocon" -> DocumentedConfiguration.load(block.text());
      case "xml" -> DocumentedBuild.checkXml(block.text());
      case "kotlin", "scala" -> DocumentedBuild.checkCoordinates(block.text());
      case "yaml" ->
          assertThatCode(() -> DocumentedYaml.load(block.text())).doesNotThrowAnyException();
      case "sh" -> DocumentedCommands.check(block.text());
      case "text" -> {
        String test = PRINTED.getOrDefault(block.page(), "");
        assertThat(JAVA.haveClass(test)).as("a test compares it").isTrue();
      }
      default ->
          throw new AssertionError("nothing exercises the language '" + block.language() + "'");
    }
  }
}
