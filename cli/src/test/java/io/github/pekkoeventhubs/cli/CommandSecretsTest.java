// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.cli.ConnectionOptions.Access;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The classes of a command that hold a secret show none as text. */
class CommandSecretsTest {

  private static final String CANARY = "CanaryKeyThatNobodyMaySee0123456789+/=";

  @Test
  void anAccessShowsNeitherAKeyNorASignature() {
    assertThat(new Access(true, "Endpoint=sb://n/;SharedAccessKey=" + CANARY).toString())
        .isEqualTo("a connection string");
    assertThat(new Access(false, "https://a.blob.core.windows.net?sig=" + CANARY).toString())
        .isEqualTo("an address");
  }

  @Test
  void aTerminalShowsNoVariables() {
    PrintStream nowhere =
        new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8);
    Terminal terminal =
        new Terminal(
            Map.of("EVENTHUBS_CONNECTION_STRING", CANARY),
            new ByteArrayInputStream(new byte[0]),
            nowhere,
            nowhere,
            false,
            80,
            Clock.systemUTC());

    assertThat(terminal.toString()).contains("columns=80").doesNotContain(CANARY);
  }
}
