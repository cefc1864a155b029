// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import io.github.pekkoeventhubs.quickstart.OperationsFiles.Panel;
import io.github.pekkoeventhubs.quickstart.OperationsFiles.Place;
import io.github.pekkoeventhubs.quickstart.OperationsFiles.Target;
import io.github.pekkoeventhubs.quickstart.Prometheus.Point;
import io.github.pekkoeventhubs.quickstart.Prometheus.Series;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The panels of the dashboard with the numbers that a Prometheus has, drawn as SVG. It shows what
 * the queries answer; Grafana draws them in its own way.
 */
final class DashboardPicture {

  private static final int COLUMN = 50;
  private static final int ROW = 26;
  private static final int TOP = 46;
  private static final int POINTS = 90;
  private static final List<String> COLOURS =
      List.of(
          "#2b6cb0", "#c05621", "#2f855a", "#b83280", "#6b46c1", "#b7791f", "#319795", "#9b2c2c",
          "#4a5568");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{(\\w+)}}");

  private final StringBuilder svg = new StringBuilder();
  private final List<String> empty = new ArrayList<>();
  private final Instant from;
  private final Instant to;

  private record Line(String legend, List<Point> points) {}

  private DashboardPicture(Instant from, Instant to) {
    this.from = from;
    this.to = to;
  }

  static DashboardPicture of(Prometheus prometheus, Instant from, Instant to) {
    DashboardPicture picture = new DashboardPicture(from, to);
    picture.draw(prometheus);
    return picture;
  }

  /** The titles of panels of which no query has had any series. */
  List<String> emptyPanels() {
    return empty;
  }

  void write(Path file) throws IOException {
    Files.createDirectories(file.toAbsolutePath().getParent());
    Files.writeString(file, svg);
  }

  private void draw(Prometheus prometheus) {
    List<Panel> panels = OperationsFiles.panels();
    int height =
        TOP
            + ROW
                * panels.stream()
                    .mapToInt(panel -> panel.place().y() + panel.place().height())
                    .max()
                    .orElseThrow();
    add(
        "<svg xmlns='http://www.w3.org/2000/svg' width='%d' height='%d' font-family='sans-serif'>",
        24 * COLUMN + 10, height + 10);
    add("<rect width='100%%' height='100%%' fill='#f4f5f7'/>");
    add(
        "<text x='14' y='30' font-size='19' font-weight='bold' fill='#1a202c'>pekko-eventhubs</text>");
    add(
        "<text x='215' y='30' font-size='13' fill='#4a5568'>the panels of dashboard.json, drawn by"
            + " a test from what Prometheus answered: three nodes, %d s, with faults</text>",
        Duration.between(from, to).toSeconds());
    int step = (int) Math.max(1, Duration.between(from, to).toSeconds() / POINTS);
    for (Panel panel : panels) {
      List<Line> lines = new ArrayList<>();
      for (Target target : panel.targets()) {
        String query = OperationsFiles.filledIn(target.query(), "10s").replace("[5m]", "[30s]");
        for (Series series : prometheus.query(query, from, to, step)) {
          lines.add(new Line(legend(target.legend(), series.labels()), finite(series.points())));
        }
      }
      if (lines.isEmpty()) {
        empty.add(panel.title());
      }
      draw(panel, lines.stream().filter(line -> !line.points().isEmpty()).toList());
    }
    add("</svg>");
  }

  private static List<Point> finite(List<Point> points) {
    return points.stream().filter(point -> Double.isFinite(point.value())).toList();
  }

  private static String legend(String template, Map<String, Object> labels) {
    Matcher matcher = PLACEHOLDER.matcher(template);
    return matcher.replaceAll(
        found -> Matcher.quoteReplacement(String.valueOf(labels.getOrDefault(found.group(1), ""))));
  }

  private void draw(Panel panel, List<Line> lines) {
    Place place = panel.place();
    int left = 10 + place.x() * COLUMN;
    int top = TOP + place.y() * ROW;
    int width = place.width() * COLUMN - 8;
    int height = place.height() * ROW - 8;
    add(
        "<rect x='%d' y='%d' width='%d' height='%d' rx='3' fill='white' stroke='#e2e8f0'/>",
        left, top, width, height);
    add(
        "<text x='%d' y='%d' font-size='13' font-weight='bold' fill='#1a202c'>%s"
            + "<tspan font-weight='normal' font-size='11' fill='#718096'>  %s</tspan></text>",
        left + 10, top + 19, escaped(panel.title()), escaped(panel.description()));
    double largest =
        lines.stream()
            .flatMap(line -> line.points().stream())
            .mapToDouble(Point::value)
            .max()
            .orElse(0);
    Area area = new Area(left + 52, top + 30, width - 62, height - 62, ceiling(largest));
    for (int part = 0; part <= 2; part++) {
      double value = area.largest * part / 2;
      add(
          "<line x1='%d' x2='%d' y1='%.1f' y2='%.1f' stroke='#edf2f7'/>",
          area.left, area.left + area.width, area.y(value), area.y(value));
      add(
          "<text x='%d' y='%.1f' font-size='10' text-anchor='end' fill='#718096'>%s</text>",
          area.left - 5, area.y(value) + 3, number(value, panel.unit()));
    }
    int legend = left + 12;
    for (int i = 0; i < lines.size(); i++) {
      String colour = COLOURS.get(i % COLOURS.size());
      draw(lines.get(i), area, colour);
      String text = lines.get(i).legend();
      int taken = 22 + 6 * text.length();
      if (legend + taken < left + width) {
        add(
            "<rect x='%d' y='%d' width='10' height='3' fill='%s'/>",
            legend, top + height - 14, colour);
        add(
            "<text x='%d' y='%d' font-size='10' fill='#4a5568'>%s</text>",
            legend + 13, top + height - 9, escaped(text));
        legend += taken;
      }
    }
    if (lines.isEmpty()) {
      add(
          "<text x='%d' y='%d' font-size='12' fill='#a0aec0'>none in this time</text>",
          area.left + 90, area.top + area.height / 2);
    }
  }

  private void draw(Line line, Area area, String colour) {
    StringBuilder path = new StringBuilder();
    double before = Double.NEGATIVE_INFINITY;
    double gap = 3.0 * Duration.between(from, to).toSeconds() / POINTS;
    for (Point point : line.points()) {
      double x =
          area.left
              + area.width
                  * (point.at() - from.getEpochSecond())
                  / Math.max(1, Duration.between(from, to).toSeconds());
      path.append(
          String.format(
              Locale.ROOT,
              "%s%.0f %.1f",
              point.at() - before > gap ? "M" : "L",
              x,
              area.y(point.value())));
      before = point.at();
    }
    add("<path d='%s' fill='none' stroke='%s' stroke-width='1.4'/>", path, colour);
  }

  /** Where the lines of a panel are. */
  private record Area(int left, int top, int width, int height, double largest) {

    double y(double value) {
      return top + height * (1 - Math.max(0, value) / largest);
    }
  }

  /** The next number of the form 1, 2 or 5 times a power of ten. */
  private static double ceiling(double value) {
    if (value <= 0) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(value)));
    for (double factor : new double[] {1, 2, 5}) {
      if (value <= factor * power) {
        return factor * power;
      }
    }
    return 10 * power;
  }

  private static String number(double value, String unit) {
    if (unit.equals("s")) {
      return value == 0
          ? "0"
          : value < 1
              ? String.format(Locale.ROOT, "%.3g ms", value * 1000)
              : String.format(Locale.ROOT, "%.3g s", value);
    }
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%,.0f", value)
        : String.format(Locale.ROOT, "%.2g", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;");
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
