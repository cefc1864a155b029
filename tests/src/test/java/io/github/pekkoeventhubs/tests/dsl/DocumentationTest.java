// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.emulator.documents.Snippets;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code that the guides show is code that compiles. */
class DocumentationTest {

  private static final Path GUIDES = Path.of("..", "docs");
  private static final Path CODE = Path.of("src/test/java/io/github/pekkoeventhubs/tests/dsl");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "choose-your-source.md",
        "at-least-once.md",
        "failures.md",
        "producing.md",
        "migrating.md",
        "production.md"
      })
  void theGuideShowsCompiledCode(String guide) throws IOException {
    Map<String, String> compiled = Snippets.compiled(CODE.resolve("DocumentedStreams.java"));
    compiled.putAll(Snippets.compiled(CODE.resolve("DocumentedProducers.java")));
    compiled.putAll(Snippets.compiled(CODE.resolve("LosingStreams.java")));
    Map<String, String> shown = Snippets.shown(GUIDES.resolve(guide));

    assertThat(shown).isNotEmpty();
    assertThat(compiled).containsAllEntriesOf(shown);
  }
}
