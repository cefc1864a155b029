// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar, as built, in a process of its own for each command. */
class EventhubsJarIT extends CommandTest {

  private static final String CANARY = "CanaryKeyThatNobodyMaySee0123456789";

  private static final String NOTHING_OF_THE_GROUP =
      "eventhubs: consumer group 'billing' has nothing in container 'checkpoints' yet: make sure"
          + " that its name is right"
          + System.lineSeparator();

  @TempDir Path directory = Path.of("");

  private Result java(String input, String... arguments) throws Exception {
    return new JarProcesses(directory).run(environment, input, arguments);
  }

  private static JsonNode first(Result lag) {
    return ParsedJson.object(lag.out()).path("partitions").path(0);
  }

  @Test
  void sendsReadsShowsTheLagAndResets() throws Exception {
    assertThat(java("one\ntwo\nthree\n", "send", HUB, "--partition", "0"))
        .isEqualTo(new Result(0, "sent 3 events\n", ""));

    Result tail = java("", "tail", HUB, "--from", "earliest", "--until", "now", "--json");
    assertThat(tail.exitCode()).isZero();
    assertThat(tail.err()).isEmpty();
    assertThat(ParsedJson.lines(tail.out()))
        .extracting(event -> event.path("body").asText())
        .containsExactly("one", "two", "three");

    Result lag = java("", "lag", HUB, "--group", GROUP, "--json");
    assertThat(lag.exitCode()).isZero();
    assertThat(lag.err()).isEqualTo(NOTHING_OF_THE_GROUP);
    assertThat(first(lag).path("lag").asLong()).isEqualTo(3);
    assertThat(first(lag).path("lagMillis").asLong()).isPositive();

    Result dryRun = java("", "reset", HUB, "--group", GROUP, "--to", "latest");
    assertThat(dryRun.exitCode()).isZero();
    assertThat(store().readCheckpoint(partition(GROUP, "0")).toCompletableFuture().join())
        .isEmpty();

    Result reset = java("", "reset", HUB, "--group", GROUP, "--to", "latest", "--execute");
    assertThat(reset.exitCode()).isZero();
    assertThat(reset.err())
        .isEqualTo(
            "eventhubs: localhost/orders, group 'billing', in devstoreaccount1/checkpoints"
                + System.lineSeparator()
                + NOTHING_OF_THE_GROUP);
    Result after = java("", "lag", HUB, "--group", GROUP, "--json");
    assertThat(first(after).path("checkpoint").asLong()).isEqualTo(2);
    assertThat(first(after).path("lag").asLong()).isZero();
  }

  @Test
  void aFullDiskAndAReaderThatGoesEndIt() throws Exception {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.isWritable(full), "only Linux has a disk that is always full");
    JarProcesses processes = new JarProcesses(directory);
    sendToEach(3);

    Process toDisk =
        processes.start(
            environment, Redirect.to(full.toFile()), "", "tail", HUB, "--from", "earliest");

    assertThat(JarProcesses.exitCode(toDisk)).isEqualTo(1);
    assertThat(processes.err()).startsWith("eventhubs: the result cannot be written: No space");
    Process piped =
        processes.start(
            environment, Redirect.PIPE, "", "lag", HUB, "--watch", "--interval", "1", "--json");
    try (BufferedReader head = piped.inputReader(StandardCharsets.UTF_8)) {
      assertThat(head.readLine()).contains("\"lag\":3");
    }
    assertThat(JarProcesses.exitCode(piped)).isEqualTo(1);
    assertThat(processes.err()).isEmpty();
  }

  @Test
  void isQuietAndKeepsSecretsWhateverGoesWrong() throws Exception {
    String unreachable =
        "Endpoint=sb://localhost:1;SharedAccessKeyName=name;SharedAccessKey="
            + CANARY
            + ";UseDevelopmentEmulator=true";

    Result quiet = java("", "describe", HUB, "--connection-string", unreachable);
    assertThat(quiet.exitCode()).isEqualTo(1);
    assertThat(quiet.err().lines()).hasSize(1);
    Result verbose = java("", "describe", HUB, "--verbose", "--connection-string", unreachable);
    assertThat(verbose.err().lines()).hasSizeGreaterThan(1);
    Result malformed =
        java("", "lag", HUB, "--verbose", "--storage-connection-string=AccountKey=" + CANARY);
    assertThat(malformed.exitCode()).isEqualTo(2);
    assertThat(List.of(quiet, verbose, malformed))
        .allSatisfy(result -> assertThat(result.err() + result.out()).doesNotContain("CanaryKey"));
  }
}
