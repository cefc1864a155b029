// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code that the guides show is code that compiles. */
class DocumentationTest {

  private static final Path GUIDES = Path.of("..", "docs");
  private static final Path CODE = Path.of("src/test/java/io/github/pekkoeventhubs/tests/dsl");

  private static final Pattern SHOWN =
      Pattern.compile("<!-- snippet: (\\w+) -->\n```java\n(.*?)```", Pattern.DOTALL);
  private static final Pattern COMPILED =
      Pattern.compile(" *// snippet: (\\w+)\n(.*?) *// end", Pattern.DOTALL);

  private static Map<String, String> snippets(Path file, Pattern pattern) throws IOException {
    Map<String, String> snippets = new TreeMap<>();
    Matcher matcher = pattern.matcher(Files.readString(file));
    while (matcher.find()) {
      snippets.put(matcher.group(1), matcher.group(2).stripTrailing().stripIndent());
    }
    return snippets;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "choose-your-source.md",
        "at-least-once.md",
        "producing.md",
        "migrating.md",
        "production.md"
      })
  void theGuideShowsCompiledCode(String guide) throws IOException {
    Map<String, String> compiled = snippets(CODE.resolve("DocumentedStreams.java"), COMPILED);
    compiled.putAll(snippets(CODE.resolve("DocumentedProducers.java"), COMPILED));
    Map<String, String> shown = snippets(GUIDES.resolve(guide), SHOWN);

    assertThat(shown).isNotEmpty();
    assertThat(compiled).containsAllEntriesOf(shown);
  }
}
