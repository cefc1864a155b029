// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FigureTest {

  private static final Sample AROUND_ONE = Sample.of(0.8, 0.9, 1.0, 1.1);

  @Test
  void aGoalIsReachedWhenTheMedianReachesIt() {
    assertThat(Figure.of("a", AROUND_ONE, "ratio", Goal.atLeast(0.95)).reachesGoal()).isTrue();
    assertThat(Figure.of("a", AROUND_ONE, "ratio", Goal.atLeast(0.96)).reachesGoal()).isFalse();
    assertThat(Figure.of("a", AROUND_ONE, "ratio", Goal.atMost(0.95)).reachesGoal()).isTrue();
    assertThat(Figure.of("a", AROUND_ONE, "ratio", Goal.atMost(0.94)).reachesGoal()).isFalse();
    assertThat(Figure.of("a", AROUND_ONE, "ratio", Goal.none()).reachesGoal()).isTrue();
  }

  @Test
  void farOffIsLessThanHalfOrMoreThanFourTimesTheGoal() {
    assertThat(Figure.of("a", 0.6, "ratio", Goal.atLeast(1)).isFarOff()).isFalse();
    assertThat(Figure.of("a", 0.4, "ratio", Goal.atLeast(1)).isFarOff()).isTrue();
    assertThat(Figure.of("a", 3.9, "ratio", Goal.atMost(1)).isFarOff()).isFalse();
    assertThat(Figure.of("a", 4.1, "ratio", Goal.atMost(1)).isFarOff()).isTrue();
    assertThat(Figure.of("a", 1000, "ratio", Goal.none()).isFarOff()).isFalse();
  }

  @Test
  void aTimeIsFarOffOnlyAtTwentyTimesTheGoalSinceItSaysAsMuchOfTheMachine() {
    assertThat(Figure.of("a", 2.8, "s", Goal.atMost(0.5)).isFarOff()).isFalse();
    assertThat(Figure.of("a", 10.1, "s", Goal.atMost(0.5)).isFarOff()).isTrue();
    assertThat(Figure.of("a", 2900, "ns", Goal.atMost(150)).isFarOff()).isFalse();
    assertThat(Figure.of("a", 3100, "ns", Goal.atMost(150)).isFarOff()).isTrue();
  }

  @Test
  void eachFigureHasALineThatCanBeSearchedFor() {
    assertThat(FigureTable.line(Figure.of("consume.rate", 612345.6, "events/s", Goal.none())))
        .isEqualTo("figure consume.rate 612346 events/s");
    assertThat(FigureTable.line(Figure.of("consume.vs-raw", 0.98765, "ratio", Goal.none())))
        .isEqualTo("figure consume.vs-raw 0.988 ratio");
  }

  @Test
  void theTableSaysWhatWasReachedMissedAndFarOff() {
    String table =
        FigureTable.of(
            List.of(
                Figure.of("good", AROUND_ONE, "ratio", Goal.atLeast(0.9)),
                Figure.of("bad", 0.9, "ratio", Goal.atLeast(1)),
                Figure.of("broken", 0.1, "ratio", Goal.atLeast(1)),
                Figure.of("reported", 5, "events", Goal.none())));
    assertThat(table.lines().skip(1))
        .satisfiesExactly(
            line ->
                assertThat(line).contains("0.950", "0.800 – 1.100", "≥ 0.90").endsWith("reached"),
            line -> assertThat(line).endsWith("missed"),
            line -> assertThat(line).endsWith("FAR OFF"),
            line -> assertThat(line.strip()).endsWith("events"));
  }

  @Test
  void filesHoldWholeNumbersAndQuotedText() {
    List<Figure> figures = List.of(Figure.of("a", AROUND_ONE, "ratio", Goal.atLeast(1)));
    assertThat(FigureFiles.csv(figures).lines())
        .containsExactly(
            "name,median,low,high,measurements,unit,goal,reached",
            "a,0.95,0.8,1.1,4,ratio,≥ 1,false");
    assertThat(FigureFiles.json(figures, Map.of("Java", "a \"VM\"\n")))
        .contains("\"Java\": \"a \\\"VM\\\"\\u000a\"")
        .contains("{\"name\": \"a\", \"median\": 0.95, \"low\": 0.8, \"high\": 1.1,");
  }

  @Test
  void documentsGetTheirTables() {
    String document =
        new FigureDocument(
                List.of(
                    Figure.of("consume.100B.4p.vs-raw", AROUND_ONE, "ratio", Goal.atLeast(2)),
                    Figure.of("consume.100B.4p.rate.raw", 454_321, "events/s", Goal.none()),
                    Figure.of("settings.max-batch.250.vs-default", 1.04, "ratio", Goal.none()),
                    Figure.of("pieces.flushpolicy.observe", 9.861, "ns", Goal.none()),
                    Figure.of("handover.leave.p50", AROUND_ONE, "s", Goal.atMost(1)),
                    Figure.of("handover.leave.p99", 1.1, "s", Goal.none()),
                    Figure.count("handover.leave.partitions", 48, "partitions", Goal.none()),
                    Figure.count("handover.leave.duplicates", 0, "events", Goal.atMost(0)),
                    Figure.of("takeover.killed", AROUND_ONE, "s", Goal.none()),
                    Figure.of("takeover.killed.duplicates", 131.25, "events", Goal.none())))
            .text();
    assertThat(document)
        .contains("| `consume.100B.4p.vs-raw` | 0.95 | 0.80 – 1.10 | ≥ 2 | **no** |")
        .contains("| | 100B 4p |", "| raw | 454 |")
        .contains("| `max-batch = 250` | 1.04 |")
        .contains("per event: `flushpolicy.observe` 9.86 ns.")
        .contains("| a node leaves | 48 | 0.95 s | 1.10 s | 0 |")
        .contains("| this connector | 4 | 0.95 s | 0.80 – 1.10 | 131 |")
        .contains("| `handover.leave.p50` | 0.95 s | 0.80 – 1.10 | ≤ 1 | yes |")
        .doesNotContain("`handover.leave.p99`", "`settings.");
  }
}
