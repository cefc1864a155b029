// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import io.github.pekkoeventhubs.benchmarks.statistics.Interval;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The tables of {@code docs/where-the-time-goes.md} and {@code docs/measured.md}, to be copied
 * there.
 */
final class FigureDocument {

  /** Names like {@code consume.100B.4p.rate.raw}. */
  private static final Pattern RATE = Pattern.compile("consume\\.(.+)\\.rate\\.([a-z0-9-]+)");

  /** Names like {@code settings.prefetch-count.500.vs-default}. */
  private static final Pattern SETTING = Pattern.compile("settings\\.(.+)\\.([^.]+)\\.vs-default");

  private static final Pattern OF_OTHER_TABLES =
      Pattern.compile(
          "(handover|takeover\\.(killed|replacement)|paused|scale|pieces|settings)\\..*|.*\\.rate\\..*");

  private final Map<String, Figure> figures;

  FigureDocument(List<Figure> figures) {
    this.figures =
        figures.stream()
            .collect(
                Collectors.toMap(
                    Figure::name, figure -> figure, (one, other) -> other, LinkedHashMap::new));
  }

  String text() {
    return "# docs/where-the-time-goes.md\n\n"
        + all()
        + rates()
        + pieces()
        + settings()
        + "# docs/measured.md\n\n"
        + handOvers()
        + takeOvers()
        + pauses()
        + scale();
  }

  /** Whatever has a goal, and what is in no other table. */
  private String all() {
    return table(figure -> isForAll(figure.name(), figure.goal()));
  }

  /** Whether a figure stands in the table of all that matters. */
  static boolean isForAll(String name, Goal goal) {
    return !goal.text().isEmpty() || !OF_OTHER_TABLES.matcher(name).matches();
  }

  private String scale() {
    return table(figure -> figure.name().startsWith("scale."));
  }

  private String table(Predicate<Figure> condition) {
    MarkdownTable table = new MarkdownTable("figure", "median", "95 % interval", "goal", "reached");
    figures.values().stream()
        .filter(condition)
        .forEach(
            figure ->
                table.row(
                    "`" + figure.name() + "`",
                    value(figure),
                    interval(figure),
                    figure.goal().text(),
                    reached(figure)));
    return table.text();
  }

  private static String reached(Figure figure) {
    if (figure.goal().text().isEmpty()) {
      return "";
    }
    return figure.reachesGoal() ? "yes" : "**no**";
  }

  private String rates() {
    Map<String, Map<String, String>> byReader = new LinkedHashMap<>();
    Set<String> columns = new LinkedHashSet<>();
    for (Figure figure : figures.values()) {
      Matcher name = RATE.matcher(figure.name());
      if (name.matches()) {
        columns.add(name.group(1));
        byReader
            .computeIfAbsent(name.group(2), reader -> new LinkedHashMap<>())
            .put(name.group(1), Numbers.rounded(figure.value() / 1000, 0));
      }
    }
    MarkdownTable table = new MarkdownTable(row("", column -> column.replace('.', ' '), columns));
    byReader.forEach(
        (reader, rates) ->
            table.row(row(reader, column -> rates.getOrDefault(column, ""), columns)));
    return table.text();
  }

  private static String[] row(String first, UnaryOperator<String> cell, Set<String> columns) {
    return Stream.concat(Stream.of(first), columns.stream().map(cell)).toArray(String[]::new);
  }

  private String pieces() {
    String all =
        figures.values().stream()
            .filter(figure -> figure.name().startsWith("pieces."))
            .map(figure -> "`" + figure.name().substring("pieces.".length()) + "` " + value(figure))
            .collect(Collectors.joining("; "));
    return all.isEmpty() ? "" : "The small pieces by JMH, per event: " + all + ".\n\n";
  }

  private String settings() {
    MarkdownTable table = new MarkdownTable("setting", "rate, relative to the defaults");
    for (Figure figure : figures.values()) {
      Matcher name = SETTING.matcher(figure.name());
      if (name.matches()) {
        table.row("`" + name.group(1) + " = " + name.group(2) + "`", value(figure));
      }
    }
    return table.text();
  }

  private String handOvers() {
    MarkdownTable table =
        new MarkdownTable(
            "what happens",
            "partitions",
            "half of them within",
            "99 % within",
            "events processed twice");
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("handover.rebalance", "a node joins");
    kinds.put("handover.stream-started", "a stream starts on a member");
    kinds.put("handover.stream-stopped", "a stream stops, its node stays");
    kinds.put("handover.leave", "a node leaves");
    kinds.forEach(
        (prefix, what) -> {
          if (figures.containsKey(prefix + ".p50")) {
            table.row(
                what,
                number(prefix + ".partitions"),
                value(prefix + ".p50"),
                value(prefix + ".p99"),
                number(prefix + ".duplicates"));
          }
        });
    return table.text();
  }

  private String takeOvers() {
    MarkdownTable table =
        new MarkdownTable(
            "", "times", "median", "95 % interval", "events processed twice, each time");
    Map<String, String> kinds = new LinkedHashMap<>();
    kinds.put("takeover.killed", "this connector");
    kinds.put("takeover.killed.soonest", "this connector, with the soonest settings");
    kinds.put("takeover.replacement", "this connector, a new process comes in its place");
    kinds.put("takeover.killed.processor", "`EventProcessorClient` with its defaults");
    kinds.put(
        "takeover.killed.processor-fastest",
        "`EventProcessorClient`, 2 s interval, 10 s expiry, `GREEDY`");
    kinds.forEach(
        (name, who) -> {
          Figure figure = figures.get(name);
          if (figure != null) {
            table.row(
                who,
                Integer.toString(figure.measurements()),
                value(figure),
                interval(figure),
                number(name + ".duplicates"));
          }
        });
    return table.text();
  }

  private String pauses() {
    if (!figures.containsKey("paused.pauses")) {
      return "";
    }
    return new MarkdownTable("pauses", number("paused.pauses"))
        .row(
            "from the pause until all of its partitions ran elsewhere, median",
            value("paused.until-all-run-elsewhere"))
        .row("from waking up until its actor system had ended, median", value("paused.wake-to-end"))
        .row(
            "events it processed after waking up, all together",
            number("paused.events-after-waking"))
        .row(
            "checkpoints it tried to write after waking up", number("paused.checkpoints-attempted"))
        .row("of these accepted by the store", number("paused.checkpoints-accepted"))
        .row("events processed twice", number("paused.duplicates"))
        .text();
  }

  /** Without a unit; empty where it was not measured. */
  private String number(String name) {
    Figure figure = figures.get(name);
    return figure == null ? "" : Numbers.rounded(figure.value(), 0);
  }

  private String value(String name) {
    Figure figure = figures.get(name);
    return figure == null ? "" : value(figure);
  }

  private static String value(Figure figure) {
    return figure.unit().equals("ratio")
        ? Numbers.rounded(figure.value(), 2)
        : Numbers.rounded(figure.value(), decimals(figure)) + " " + figure.unit();
  }

  private static String interval(Figure figure) {
    Interval interval = figure.interval();
    return figure.measurements() == 1
        ? ""
        : Numbers.rounded(interval.low(), decimals(figure))
            + " – "
            + Numbers.rounded(interval.high(), decimals(figure));
  }

  /** Returns the number of decimals that carry information for a figure of this unit and size. */
  private static int decimals(Figure figure) {
    if (figure.unit().equals("ratio")) {
      return 2;
    }
    if (figure.measurements() == 1 && figure.value() == Math.rint(figure.value())) {
      return 0;
    }
    return figure.value() >= 1000 ? 0 : figure.value() >= 100 ? 1 : 2;
  }
}
