// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The {@code figures.csv} of runs on several days, kept in one folder and named by their days: what
 * one day shows may be the day's and not the connector's. A second run of a day has its number
 * behind the day. A goal counts as reached when the median over the runs reaches it.
 */
public final class KeptRuns {

  private static final String ENDING = ".csv";

  private static final int LENGTH_OF_DAY = "2026-11-28".length();

  /** With fewer days the verdict says how many there were. */
  private static final int ENOUGH_DAYS = 3;

  private record Value(double median, String interval, Goal goal, String unit) {}

  private static final Pattern NAME = Pattern.compile("(\\d{4}-\\d{2}-\\d{2})(?:-(\\d))?");

  /** The values of each figure by run, both in order. */
  private final Map<String, Map<String, Value>> figures = new LinkedHashMap<>();

  private final Set<String> runs = new TreeSet<>();

  private KeptRuns() {}

  /**
   * Reads all runs of a folder.
   *
   * @throws IllegalArgumentException if there is none, or a file is none of figures, with a message
   *     for the user
   */
  public static KeptRuns read(Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files = all.filter(file -> file.toString().endsWith(ENDING)).sorted().toList();
    }
    if (files.isEmpty()) {
      throw new IllegalArgumentException(
          "There is no run in " + folder + ": put a figures.csv there as 2026-11-28.csv.");
    }
    KeptRuns kept = new KeptRuns();
    // The newest run has the figures of today, in the order of today.
    for (int i = files.size() - 1; i >= 0; i--) {
      kept.add(files.get(i));
    }
    return kept;
  }

  private void add(Path file) throws IOException {
    String name = file.getFileName().toString();
    String run = name.substring(0, name.length() - ENDING.length());
    if (!NAME.matcher(run).matches()) {
      throw new IllegalArgumentException(
          file + " is not named by a day: call it 2026-11-28.csv, or 2026-11-28-2.csv.");
    }
    runs.add(run);
    List<String> lines = Files.readAllLines(file, UTF_8);
    List<String> heading = lines.isEmpty() ? List.of() : List.of(lines.get(0).split(",", -1));
    if (!heading.containsAll(List.of("name", "median", "low", "high", "unit", "goal"))) {
      throw new IllegalArgumentException(
          file
              + " has no heading with name, median, low, high, unit and goal: it is no figures.csv.");
    }
    for (String line : lines.subList(1, lines.size())) {
      add(file, run, heading, line);
    }
  }

  private void add(Path file, String run, List<String> heading, String line) {
    String[] words = line.split(",", -1);
    if (words.length != heading.size()) {
      throw new IllegalArgumentException(file + " has a line that is no figure: " + line);
    }
    Map<String, String> cells = new HashMap<>();
    for (int i = 0; i < words.length; i++) {
      cells.put(heading.get(i), words[i]);
    }
    try {
      double low = Double.parseDouble(cells.getOrDefault("low", ""));
      double high = Double.parseDouble(cells.getOrDefault("high", ""));
      Value value =
          new Value(
              Double.parseDouble(cells.getOrDefault("median", "")),
              low == high ? "" : rounded(low) + " – " + rounded(high),
              Goal.parse(cells.getOrDefault("goal", "")),
              cells.getOrDefault("unit", ""));
      figures
          .computeIfAbsent(cells.getOrDefault("name", ""), name -> new HashMap<>())
          .put(run, value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + " has a line that is no figure: " + line, e);
    }
  }

  /** The table of the figures that have a goal, or are in no other table, for a document. */
  public String table() {
    List<String> heading = new ArrayList<>(List.of("figure", "goal"));
    runs.forEach(run -> heading.add(title(run)));
    heading.addAll(List.of("median", "95 % interval of the last", "reached"));
    MarkdownTable table = new MarkdownTable(heading.toArray(String[]::new));
    figures.forEach(
        (name, byRun) -> {
          Value newest = newest(byRun);
          if (FigureDocument.isForAll(name, newest.goal())) {
            table.row(row(name, byRun, newest));
          }
        });
    return table.text();
  }

  private Value newest(Map<String, Value> byRun) {
    Value newest = null;
    for (String run : runs) {
      newest = byRun.getOrDefault(run, newest);
    }
    if (newest == null) {
      throw new IllegalStateException("a figure without a value");
    }
    return newest;
  }

  private String[] row(String name, Map<String, Value> byRun, Value newest) {
    List<String> cells = new ArrayList<>(List.of("`" + name + "`", newest.goal().text()));
    for (String run : runs) {
      @Nullable Value value = byRun.get(run);
      cells.add(value == null ? "" : rounded(value.median()));
    }
    double median = Sample.of(byRun.values().stream().map(Value::median).toList()).median();
    cells.add(rounded(median) + (newest.unit().equals("ratio") ? "" : " " + newest.unit()));
    cells.add(newest.interval());
    cells.add(
        newest.goal().text().isEmpty()
            ? ""
            : verdict(newest.goal().isReachedBy(median), days(byRun.keySet())));
    return cells.toArray(String[]::new);
  }

  private static String title(String run) {
    Matcher name = NAME.matcher(run);
    return name.matches() && name.group(2) != null
        ? name.group(1) + " (" + name.group(2) + ")"
        : run;
  }

  private static long days(Set<String> ofRuns) {
    return ofRuns.stream().map(run -> run.substring(0, LENGTH_OF_DAY)).distinct().count();
  }

  private static String verdict(boolean reached, long days) {
    String word = reached ? "yes" : "**no**";
    return days >= ENOUGH_DAYS ? word : word + ", " + days + (days == 1 ? " day" : " days");
  }

  private static String rounded(double value) {
    return value == Math.rint(value)
        ? Numbers.rounded(value, 0)
        : Numbers.rounded(value, Math.abs(value) >= 100 ? 1 : 2);
  }
}
