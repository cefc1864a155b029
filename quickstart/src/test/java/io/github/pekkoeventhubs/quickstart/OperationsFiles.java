// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** The alert rules and the dashboard of docs/operations. */
final class OperationsFiles {

  /** A panel of the dashboard. */
  record Panel(String title, String description, String unit, Place place, List<Target> targets) {}

  /** A rectangle in the grid of Grafana, which is 24 columns wide. */
  record Place(int x, int y, int width, int height) {

    boolean overlaps(Place other) {
      return x < other.x + other.width
          && other.x < x + width
          && y < other.y + other.height
          && other.y < y + height;
    }
  }

  /** A query of a panel, with the text of its legend. */
  record Target(String query, String legend) {}

  private OperationsFiles() {}

  private static Path folder() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve(".mvn"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("no folder above the working directory holds .mvn");
      }
    }
    return folder.resolve("docs/operations");
  }

  private static String read(String name) {
    try {
      return Files.readString(folder().resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The alert rules for a test: a minute is two seconds in them, and the bounds that need minutes
   * or many events to be reached are lower.
   */
  static String alertsWithinSeconds() {
    return Pattern.compile("\\b([0-9]+)m\\b")
        .matcher(read("alerts.yml"))
        .replaceAll(minutes -> 2 * Integer.parseInt(minutes.group(1)) + "s")
        .replace("> 300", "> 3")
        .replace("> 10000", "> 100");
  }

  static Map<String, Object> dashboard() {
    return Prometheus.json(read("dashboard.json"));
  }

  static List<Panel> panels() {
    List<Panel> panels = new ArrayList<>();
    for (Map<String, Object> panel : Prometheus.children(dashboard(), "panels")) {
      Map<String, Object> grid = Prometheus.child(panel, "gridPos");
      panels.add(
          new Panel(
              String.valueOf(panel.get("title")),
              String.valueOf(panel.get("description")),
              String.valueOf(
                  Prometheus.child(Prometheus.child(panel, "fieldConfig"), "defaults").get("unit")),
              new Place(number(grid, "x"), number(grid, "y"), number(grid, "w"), number(grid, "h")),
              Prometheus.children(panel, "targets").stream()
                  .map(
                      target ->
                          new Target(
                              String.valueOf(target.get("expr")),
                              String.valueOf(target.get("legendFormat"))))
                  .toList()));
    }
    return panels;
  }

  private static int number(Map<String, Object> values, String name) {
    return ((Number) values.get(name)).intValue();
  }

  /** A query with the variables that Grafana would replace. */
  static String filledIn(String query, String window) {
    return query.replace("$__rate_interval", window).replace("$hub", ".*");
  }
}
