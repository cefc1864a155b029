// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.emulator.documents.Snippets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** {@code docs/tracing.md} shows code that is compiled, and names what there is. */
class TracingPageTest {

  private static final Path PAGE = Path.of("..", "docs", "tracing.md");
  private static final Path CODE =
      Path.of("src/test/java/io/github/pekkoeventhubs/opentelemetry/DocumentedTracing.java");

  @Test
  void showsCompiledCode() throws IOException {
    Map<String, String> shown = Snippets.shown(PAGE);

    assertThat(shown).hasSize(4).isEqualTo(Snippets.compiled(CODE));
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
