// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/tracing.md} shows code that is compiled, and names what there is. */
class TracingPageTest {

  private static final Path PAGE = Path.of("..", "docs", "tracing.md");
  private static final Path CODE =
      Path.of("src/test/java/io/github/pekkoeventhubs/opentelemetry/DocumentedTracing.java");

  private static final Pattern SHOWN =
      Pattern.compile("<!-- snippet: (\\w+) -->\n *```java\n(.*?) *```", Pattern.DOTALL);
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

  @Test
  void showsCompiledCode() throws IOException {
    Map<String, String> shown = snippets(PAGE, SHOWN);

    assertThat(shown).hasSize(4).isEqualTo(snippets(CODE, COMPILED));
  }

  @Test
  void namesTheAttributes() throws IOException {
    assertThat(Files.readString(PAGE))
        .contains(
            MessagingSpans.SYSTEM.getKey(),
            MessagingSpans.HUB.getKey(),
            MessagingSpans.GROUP.getKey(),
            MessagingSpans.PARTITION.getKey(),
            MessagingSpans.OPERATION.getKey(),
            MessagingSpans.TYPE.getKey(),
            MessagingSpans.NAMESPACE.getKey(),
            MessagingSpans.BATCH.getKey(),
            MessagingSpans.MESSAGE_ID.getKey(),
            MessagingSpans.ENQUEUED.getKey(),
            MessagingSpans.ERROR.getKey(),
            MessagingSpans.SEQUENCE_NUMBER.getKey(),
            ReceivedEvent.NOT_ACKNOWLEDGED,
            String.valueOf(MessagingSpans.MOST_LINKS));
  }
}
