// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptRunsTest {

  private static final String HEADING = "name,median,low,high,unit,goal\n";

  /** The module's folder is that in which its tests run. */
  private static final Path KEPT = Path.of("runs");

  private static final Path PAGE = Path.of("..", "docs", "where-the-time-goes.md");

  @TempDir Path folder;

  private void run(String day, String text) throws IOException {
    Files.writeString(folder.resolve(day + ".csv"), text);
  }

  @Test
  void theMedianOverTheDaysDecides() throws Exception {
    run("2026-11-28", HEADING + "a.rate,0.8,0.7,0.9,ratio,≥ 0.90\n");
    run("2026-11-29", HEADING + "a.rate,0.95,0.9,1.1,ratio,≥ 0.90\n");
    run("2026-11-30", HEADING + "a.rate,0.91,0.85,1.05,ratio,≥ 0.90\n");

    assertThat(KeptRuns.read(folder).table())
        .contains("| `a.rate` | ≥ 0.90 | 0.80 | 0.95 | 0.91 | 0.91 | 0.85 – 1.05 | yes |");
  }

  @Test
  void theNewestGoalCountsAndOneMissedDayOfTwoIsSeen() throws Exception {
    run("2026-11-28", HEADING + "b.time,2,2,2,s,≤ 15\n");
    run("2026-11-30", HEADING + "b.time,8,7,9,s,≤ 4\n");

    assertThat(KeptRuns.read(folder).table())
        .contains("| `b.time` | ≤ 4 | 2 | 8 | 5 s | 7 – 9 | **no**, 2 days |");
  }

  @Test
  void aFigureOfOneDayOnlySaysSoAndOneWithoutAGoalHasNoVerdict() throws Exception {
    run(
        "2026-11-28",
        HEADING + "c.new,1,1,1,ratio,≥ 1\nd.reported,3,3,3,s,\nd.rate.raw,9,9,9,events/s,\n");
    run("2026-11-30", HEADING + "e.other,3,3,3,s,≤ 4\n");

    assertThat(KeptRuns.read(folder).table())
        .contains("| `c.new` | ≥ 1 | 1 | | 1 | | yes, 1 day |")
        .contains("| `e.other` | ≤ 4 | | 3 | 3 s | | yes, 1 day |")
        .contains("| `d.reported` | | 3 | | 3 s | | |")
        .doesNotContain("d.rate.raw");
  }

  @Test
  void aSecondRunOfADayHasAColumnAndIsNoOtherDay() throws Exception {
    run("2026-11-28", HEADING + "a.rate,0.8,0.7,0.9,ratio,≥ 0.90\n");
    run("2026-11-30", HEADING + "a.rate,0.95,0.9,1.1,ratio,≥ 0.90\n");
    run("2026-11-30-2", HEADING + "a.rate,0.91,0.85,1.05,ratio,≥ 0.90\n");

    assertThat(KeptRuns.read(folder).table())
        .contains("| 2026-11-28 | 2026-11-30 | 2026-11-30 (2) |")
        .contains("| 0.80 | 0.95 | 0.91 | 0.91 | 0.85 – 1.05 | yes, 2 days |");
  }

  @Test
  void filesOfTheBenchmarksThemselvesCanBeKept() throws Exception {
    Figure figure = Figure.of("f.full", 0.97, "ratio", Goal.atLeast(0.9));
    Files.writeString(folder.resolve("2026-11-30.csv"), FigureFiles.csv(List.of(figure)));

    assertThat(KeptRuns.read(folder).table()).contains("| `f.full` | ≥ 0.90 | 0.97 |");
  }

  @Test
  void whatIsNoRunIsNamed() throws Exception {
    assertThatThrownBy(() -> KeptRuns.read(folder)).hasMessageContaining("There is no run in");
    run("best", HEADING);
    assertThatThrownBy(() -> KeptRuns.read(folder)).hasMessageContaining("not named by a day");
    Files.delete(folder.resolve("best.csv"));
    run("2026-11-28", "something else\n");
    assertThatThrownBy(() -> KeptRuns.read(folder)).hasMessageContaining("is no figures.csv");
    run("2026-11-28", HEADING + "a,1,1\n");
    assertThatThrownBy(() -> KeptRuns.read(folder))
        .hasMessageContaining("that is no figure: a,1,1");
    run("2026-11-28", HEADING + "a,1,1,1,s,about 5\n");
    assertThatThrownBy(() -> KeptRuns.read(folder)).hasMessageContaining("about 5");
  }

  /** {@code -Dpage.write=true} writes the table of the page anew. */
  @Test
  void thePageHasTheTableOfTheRunsThatAreKept() throws Exception {
    String table = KeptRuns.read(KEPT).table().strip();
    String page = Files.readString(PAGE);
    if (Boolean.getBoolean("page.write")) {
      int begin = page.indexOf("| figure | goal |");
      int end = page.indexOf("\n\n", begin);
      Files.writeString(PAGE, page.substring(0, begin) + table + page.substring(end));
      page = Files.readString(PAGE);
    }
    assertThat(page)
        .as("run this test with -Dpage.write=true to write the table anew")
        .contains(table);
  }
}
