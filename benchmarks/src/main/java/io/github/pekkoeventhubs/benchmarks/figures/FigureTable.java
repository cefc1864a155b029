// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import java.util.List;
import java.util.Locale;

/** Prints figures as a table, and as a line for each so that they can be found in logs. */
public final class FigureTable {

  private FigureTable() {}

  /** {@code figure <name> <value> <unit>}. */
  public static String line(Figure figure) {
    return "figure " + figure.name() + " " + Numbers.text(figure.value()) + " " + figure.unit();
  }

  /** The table, with a heading, one line for each figure. */
  public static String of(List<Figure> figures) {
    int width = figures.stream().mapToInt(figure -> figure.name().length()).max().orElse(0);
    String format = "%-" + Math.max(6, width) + "s %12s  %-23s %3s  %-9s %-10s %s%n";
    StringBuilder table = new StringBuilder();
    table.append(
        String.format(
            Locale.ROOT, format, "figure", "median", "95 % interval", "n", "unit", "goal", ""));
    for (Figure figure : figures) {
      boolean several = figure.measurements() > 1;
      table.append(
          String.format(
              Locale.ROOT,
              format,
              figure.name(),
              Numbers.text(figure.value()),
              several
                  ? Numbers.text(figure.interval().low())
                      + " – "
                      + Numbers.text(figure.interval().high())
                  : "",
              figure.measurements(),
              figure.unit(),
              figure.goal().text(),
              verdict(figure)));
    }
    return table.toString();
  }

  private static String verdict(Figure figure) {
    if (figure.goal().text().isEmpty()) {
      return "";
    }
    return figure.reachesGoal() ? "reached" : figure.isFarOff() ? "FAR OFF" : "missed";
  }
}
