// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Figures for programs, {@code figures.csv} and {@code figures.json}, and for documents, {@code
 * figures.md}.
 */
public final class FigureFiles {

  private FigureFiles() {}

  /**
   * Writes the files into a folder that exists.
   *
   * @param machine what the figures were measured on, in words
   */
  public static void write(Path folder, List<Figure> figures, Map<String, String> machine)
      throws IOException {
    Files.writeString(folder.resolve("figures.csv"), csv(figures), UTF_8);
    Files.writeString(folder.resolve("figures.json"), json(figures, machine), UTF_8);
    Files.writeString(folder.resolve("figures.md"), new FigureDocument(figures).text(), UTF_8);
  }

  static String csv(List<Figure> figures) {
    return figures.stream()
        .map(
            figure ->
                String.format(
                    Locale.ROOT,
                    "%s,%s,%s,%s,%d,%s,%s,%b%n",
                    figure.name(),
                    figure.value(),
                    figure.interval().low(),
                    figure.interval().high(),
                    figure.measurements(),
                    figure.unit(),
                    figure.goal().text(),
                    figure.reachesGoal()))
        .collect(
            Collectors.joining(
                "",
                "name,median,low,high,measurements,unit,goal,reached" + System.lineSeparator(),
                ""));
  }

  static String json(List<Figure> figures, Map<String, String> machine) {
    String about =
        machine.entrySet().stream()
            .map(entry -> "    " + text(entry.getKey()) + ": " + text(entry.getValue()))
            .collect(Collectors.joining(",\n"));
    String values =
        figures.stream()
            .map(
                figure ->
                    String.format(
                        Locale.ROOT,
                        "    {\"name\": %s, \"median\": %s, \"low\": %s, \"high\": %s,"
                            + " \"measurements\": %d, \"unit\": %s, \"goal\": %s, \"reached\": %b}",
                        text(figure.name()),
                        figure.value(),
                        figure.interval().low(),
                        figure.interval().high(),
                        figure.measurements(),
                        text(figure.unit()),
                        text(figure.goal().text()),
                        figure.reachesGoal()))
            .collect(Collectors.joining(",\n"));
    return "{\n  \"machine\": {\n" + about + "\n  },\n  \"figures\": [\n" + values + "\n  ]\n}\n";
  }

  private static String text(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
