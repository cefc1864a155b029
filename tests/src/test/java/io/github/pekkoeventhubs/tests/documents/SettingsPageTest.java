// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.documents;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class SettingsPageTest {

  private static final Path PAGE = Block.ROOT.resolve("docs/settings.md");
  private static final Path REFERENCE =
      Block.ROOT.resolve("connector/src/main/resources/reference.conf");

  /** {@code -Dpage.write=true} writes it anew. */
  @Test
  void isMadeOfTheReferenceConfiguration() throws IOException {
    String made = SettingsPage.of(Block.read(REFERENCE));
    if (Boolean.getBoolean("page.write")) {
      Files.writeString(PAGE, made);
    }

    assertThat(Block.read(PAGE))
        .as("run this test with -Dpage.write=true to make the page anew")
        .isEqualTo(made);
  }

  @Test
  void aKeyHasItsDefaultAndItsComment() {
    assertThat(
            SettingsPage.of(
                """
                a.b {
                  # The first
                  # section.
                  c {
                    # How long.
                    d = 5s
                  }
                }
                """))
        .endsWith("\n## a.b.c\n\nThe first\nsection.\n\n**`d`** = `5s`\n\nHow long.\n");
  }
}
