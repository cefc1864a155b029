// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.scale;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The kept figures of one group: of {@code nodes} and {@code partitions}, which share by a cluster
 * or by the store alone.
 */
record ScaleFigures(
    boolean sharded, int partitions, int nodes, Map<Step, Map<String, Long>> figures) {

  /** What happens to a group, one after the other. */
  enum Step {
    START,
    JOIN,
    LEAVE,
    FAILURE
  }

  static final String EVEN_AFTER = "even-after";
  static final String CLAIMS = "claims";
  private static final String REQUESTS = "store-requests";
  private static final String MESSAGES = "messages-between-nodes";

  /** A line of the file, which is a figure that was printed, with commas. */
  private static final Pattern LINE =
      Pattern.compile(
          "simulation\\.scale\\.(sharded|balanced)\\.(\\d+)-partitions\\.(\\d+)-nodes\\."
              + "([a-z]+)-of-(\\d+)-nodes?\\.([a-z-]+),(\\d+),[a-z]+");

  /** The groups of a file, in its order. */
  static List<ScaleFigures> read(Path file) throws IOException {
    Map<String, ScaleFigures> groups = new LinkedHashMap<>();
    for (String line : Files.readAllLines(file)) {
      Matcher parts = LINE.matcher(line);
      if (!parts.matches()) {
        throw new IllegalArgumentException("that is no figure of many nodes: " + line);
      }
      String key = parts.group(1) + parts.group(2) + " " + parts.group(3);
      groups
          .computeIfAbsent(
              key,
              unused ->
                  new ScaleFigures(
                      parts.group(1).equals("sharded"),
                      Integer.parseInt(parts.group(2)),
                      Integer.parseInt(parts.group(3)),
                      new EnumMap<>(Step.class)))
          .figures()
          .computeIfAbsent(
              Step.valueOf(parts.group(4).toUpperCase(Locale.ROOT)),
              unused -> new LinkedHashMap<>())
          .put(parts.group(6), Long.parseLong(parts.group(7)));
    }
    return new ArrayList<>(groups.values());
  }

  OptionalDouble figure(Step step, String name) {
    Long value = figures.getOrDefault(step, Map.of()).get(name);
    return value == null ? OptionalDouble.empty() : OptionalDouble.of(value);
  }

  String inWords() {
    return "%,d partitions on %d nodes%s"
        .formatted(partitions, nodes, sharded ? " of a cluster" : ", without a cluster");
  }

  /** The table of the page. */
  String table() {
    StringBuilder table = new StringBuilder();
    table.append(
        "| %s | even after | claims | requests to the store |%s%n"
            .formatted(inWords(), sharded ? " messages between nodes |" : ""));
    table.append("| --- | --- | --- | --- |%s%n".formatted(sharded ? " --- |" : ""));
    figures.forEach(
        (step, of) -> {
          table.append(
              "| %s | %,d s | %,d | %,d |"
                  .formatted(words(step), of.get(EVEN_AFTER), of.get(CLAIMS), of.get(REQUESTS)));
          table.append(sharded ? " %,d |%n".formatted(of.get(MESSAGES)) : "\n");
        });
    return table.toString();
  }

  private String words(Step step) {
    return switch (step) {
      case START -> (nodes - 1) + " nodes start";
      case JOIN -> "one more joins";
      case LEAVE -> "one leaves";
      case FAILURE ->
          (nodes - 1) / 3 == 1
              ? "one of " + (nodes - 1) + " fails"
              : (nodes - 1) / 3 + " of " + (nodes - 1) + " fail";
    };
  }
}
