// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class QuickstartTest {

  private static final int EVENTS = 400;

  @Test
  void processesAndCommitsEveryEventOnceAndReleasesEveryPartition() {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    Screen screen = new Screen(new PrintStream(output, true, StandardCharsets.UTF_8), false);
    QuickstartOptions options = new QuickstartOptions(1, 4, EVENTS, Duration.ofSeconds(1));

    Summary summary;
    try (Services services = Services.embedded(options.partitions())) {
      summary = new Demonstration(options, services.connections(), screen).run();
    }

    assertThat(summary.problems()).isEmpty();
    assertThat(summary.produced()).isEqualTo(EVENTS);
    assertThat(summary.processed()).isEqualTo(EVENTS);
    assertThat(summary.partitions())
        .hasSize(4)
        .allSatisfy(
            end -> {
              assertThat(end.lastEnqueued()).isEqualTo(EVENTS / 4 - 1);
              assertThat(end.checkpoint()).isEqualTo(end.lastEnqueued());
              assertThat(end.owner()).isEmpty();
            });
    assertThat(output.toString(StandardCharsets.UTF_8))
        .contains("produced 400   processed 400   lost 0", "partition 3", "Correct:")
        .containsPattern("this process +http://127.0.0.1:[0-9]+/metrics");
  }
}
