// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.scale;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.simulation.scale.ScaleFigures.Step;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page has the figures that are kept, and the picture shows them beside measured ones. */
class ScalePageTest {

  /** The module's folder is that in which its tests run. */
  private static final Path KEPT = Path.of("runs", "scale.csv");

  private static final Path PAGE = Path.of("..", "docs", "simulator.md");
  private static final Path MEASURED = Path.of("..", "docs", "measured.md");
  private static final Path PICTURE = Path.of("..", "docs", "images", "scale.svg");
  private static final String HEADING = "## Many nodes and partitions\n";
  private static final String SHOWN = "(images/scale.svg)";
  private static final List<String> COLOURS = List.of("#2b6cb0", "#90cdf4", "#c05621", "#fbd38d");

  /** {@code -Dpage.write=true} writes the tables of the page anew. */
  @Test
  void thePageHasTheFiguresThatAreKept() throws Exception {
    String tables =
        ScaleFigures.read(KEPT).stream().map(ScaleFigures::table).collect(Collectors.joining("\n"));
    String page = Files.readString(PAGE);
    if (Boolean.getBoolean("page.write")) {
      int begin = page.indexOf("\n| ", page.indexOf(HEADING)) + 1;
      int end = page.indexOf("\n![", begin);
      page = page.substring(0, begin) + tables + page.substring(end);
      Files.writeString(PAGE, page);
    }

    assertThat(page)
        .as("run this test with -Dpage.write=true to write the tables anew")
        .contains("\n" + tables + "\n![");
  }

  /** {@code -Dpage.write=true} draws it anew. */
  @Test
  void thePictureShowsTheFiguresThatAreKeptBesideTheMeasuredOnes() throws Exception {
    String page = Files.readString(PAGE);
    String drawn = ScalePicture.of(groups(), description(page));
    if (Boolean.getBoolean("page.write")) {
      Files.writeString(PICTURE, drawn);
    }

    assertThat(Files.readString(PICTURE))
        .as("run this test with -Dpage.write=true to draw the picture anew")
        .isEqualTo(drawn);
  }

  /** Those who cannot see the picture on the page are told the same as those who open it alone. */
  private static String description(String page) {
    int end = page.indexOf("]" + SHOWN);
    return page.substring(page.lastIndexOf("![", end) + 2, end);
  }

  private static List<ScalePicture.Group> groups() throws Exception {
    List<ScalePicture.Group> groups = new ArrayList<>();
    String measured = Files.readString(MEASURED);
    groups.add(
        new ScalePicture.Group(
            "measured: 1,000 partitions on 5 processes of a cluster, on two cores",
            "#57606a",
            Map.of(
                Step.START, measured(measured, "evenly-owned"),
                Step.JOIN, measured(measured, "even-after-join")),
            Map.of(Step.JOIN, measured(measured, "moves-on-join") / 1000 * 100)));
    for (ScaleFigures of : ScaleFigures.read(KEPT)) {
      if (of.partitions() >= 1000) {
        Map<Step, Double> seconds = new EnumMap<>(Step.class);
        Map<Step, Double> moves = new EnumMap<>(Step.class);
        for (Step step : Step.values()) {
          of.figure(step, ScaleFigures.EVEN_AFTER).ifPresent(value -> seconds.put(step, value));
          of.figure(step, ScaleFigures.CLAIMS)
              .ifPresent(value -> moves.put(step, 100 * value / of.partitions()));
        }
        groups.add(
            new ScalePicture.Group(
                "simulated: " + of.inWords(), COLOURS.get(groups.size() - 1), seconds, moves));
      }
    }
    return groups;
  }

  private static double measured(String page, String name) {
    Matcher figure =
        Pattern.compile("`scale\\.1000-partitions\\." + name + "` \\| ([0-9.]+) ").matcher(page);
    assertThat(figure.find()).as("the figure %s of measured.md", name).isTrue();
    return Double.parseDouble(figure.group(1));
  }
}
