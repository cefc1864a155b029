// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.scale;

import io.github.pekkoeventhubs.simulation.scale.ScaleFigures.Step;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Draws after how long groups are even after each step, and how many partitions they move. */
final class ScalePicture {

  /**
   * A group.
   *
   * @param seconds how long it is uneven, by step; a step that nobody has tried is absent
   * @param moves how many of 100 partitions are claimed
   */
  record Group(String name, String colour, Map<Step, Double> seconds, Map<Step, Double> moves) {}

  private static final Map<Step, String> NAMES =
      Map.of(
          Step.START, "all but one start",
          Step.JOIN, "one more joins",
          Step.LEAVE, "one leaves",
          Step.FAILURE, "a zone fails");

  private static final int WIDTH = 860;
  private static final int TOP = 156;
  private static final int BAR = 13;
  private static final int BETWEEN_STEPS = 16;
  private static final int LEFT = 136;
  private static final int PANEL = 310;
  private static final int BETWEEN_PANELS = 50;

  private final List<Group> groups;
  private final StringBuilder svg = new StringBuilder();

  private ScalePicture(List<Group> groups) {
    this.groups = groups;
  }

  /** The picture as SVG. */
  static String of(List<Group> groups, String description) {
    return new ScalePicture(groups).draw(description);
  }

  private String draw(String description) {
    int stepHeight = groups.size() * BAR + BETWEEN_STEPS;
    int height = TOP + Step.values().length * stepHeight + 8;
    add(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' font-family='sans-serif'"
            + " role='img' aria-label='%s'>",
        WIDTH, height, description);
    add("<rect width='%d' height='%d' fill='#ffffff'/>", WIDTH, height);
    int line = 24;
    for (Group group : groups) {
      add(
          "<rect x='%d' y='%d' width='14' height='11' fill='%s'/>",
          LEFT, line - 10, group.colour());
      text(LEFT + 22, line, 13, "#1a202c", group.name());
      line += 18;
    }
    text(LEFT, TOP - 22, 14, "#1a202c", "seconds until all partitions are owned evenly");
    text(right(), TOP - 22, 14, "#1a202c", "claims for 100 partitions");
    double mostSeconds = most(true);
    double mostMoves = most(false);
    int y = TOP;
    for (Step step : Step.values()) {
      add("<path d='M%d %.1f H%d' stroke='#d0d7de'/>", 10, y - BETWEEN_STEPS / 2.0, WIDTH - 10);
      text(
          10,
          y + stepHeight / 2 - BETWEEN_STEPS / 2 + 4,
          13,
          "#1a202c",
          NAMES.getOrDefault(step, ""));
      for (Group group : groups) {
        bar(LEFT, y, group.colour(), group.seconds().get(step), mostSeconds, "%.0f s");
        bar(right(), y, group.colour(), group.moves().get(step), mostMoves, "%.0f");
        y += BAR;
      }
      y += BETWEEN_STEPS;
    }
    return svg.append("</svg>\n").toString();
  }

  private static int right() {
    return LEFT + PANEL + BETWEEN_PANELS;
  }

  private double most(boolean seconds) {
    return groups.stream()
        .flatMap(group -> (seconds ? group.seconds() : group.moves()).values().stream())
        .mapToDouble(Double::doubleValue)
        .max()
        .orElse(1);
  }

  private void bar(
      int x, int y, String colour, @Nullable Double value, double most, String format) {
    if (value == null) {
      text(x + 4, y + BAR - 3, 10, "#57606a", "no figure");
      return;
    }
    double width = Math.max(1, value / most * (PANEL - 40));
    add("<rect x='%d' y='%d' width='%.1f' height='%d' fill='%s'/>", x, y, width, BAR - 2, colour);
    text(
        (int) (x + width + 4),
        y + BAR - 3,
        11,
        "#1a202c",
        String.format(Locale.ROOT, format, value));
  }

  private void text(int x, int y, int size, String colour, String text) {
    add("<text x='%d' y='%d' font-size='%d' fill='%s'>%s</text>", x, y, size, colour, text);
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
