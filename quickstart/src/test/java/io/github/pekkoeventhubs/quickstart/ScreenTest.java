// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.quickstart.Script.Verdict;
import io.github.pekkoeventhubs.quickstart.Summary.PartitionEnd;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Nothing is wrapped on a terminal of 80 columns. */
class ScreenTest {

  @Test
  void aLongLineIsBrokenBetweenWords() {
    assertThat(
            Screen.broken(
                "  >>>   SIGKILL to node 3, owner of the partitions 1, 3. It has processed 1,052"
                    + " events that are not committed."))
        .containsExactly(
            "  >>>   SIGKILL to node 3, owner of the partitions 1, 3. It has processed 1,052",
            "    events that are not committed.");
    assertThat(Screen.broken("")).containsExactly("");
  }

  @Test
  void aWordThatIsTooLongStaysWhole() {
    String word = "x".repeat(100);
    assertThat(Screen.broken(word)).containsExactly(word);
  }

  @Test
  void theTableAndTheSummaryFit() {
    Ledger ledger = new Ledger("run");
    ledger.produced(100_000);
    List<String> table =
        new ProgressTable()
            .lines(
                Duration.ofSeconds(100),
                ledger,
                List.of(
                    new PartitionProgress(
                        "10",
                        "node 3 (dead)",
                        "claiming",
                        OptionalLong.of(1_000_000),
                        OptionalLong.of(1_000_000),
                        OptionalLong.of(100_000))));
    List<String> summary =
        new Summary(
                100_000,
                100_000,
                0,
                new Verdict("duplicates 0", true),
                List.of(new PartitionEnd("10", 999_999, 999_999, "")))
            .lines();

    assertThat(table).allMatch(line -> line.length() <= Screen.WIDTH);
    assertThat(summary).allMatch(line -> line.length() <= Screen.WIDTH);
  }

  @Test
  void theWayToScrapeFits() {
    Map<String, Integer> ports = new TreeMap<>();
    ports.put("node 1", 65_535);
    ports.put("node 2", 65_535);
    ports.put("node 3", 65_535);

    List<String> lines = PrometheusFile.instructions(ports, Path.of("target").toAbsolutePath());

    assertThat(lines).allMatch(line -> line.length() <= Screen.WIDTH);
    assertThat(lines)
        .contains("    node 2  http://127.0.0.1:65535/metrics")
        .contains("    prometheus --config.file=quickstart/target/quickstart-prometheus.yml \\");
  }
}
