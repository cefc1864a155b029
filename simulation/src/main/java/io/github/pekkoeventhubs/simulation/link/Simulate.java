// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The command. Its arguments are {@code name=value}: {@code seeds}, {@code seed}, {@code faults},
 * {@code workers}, {@code sources}, {@code planted}, {@code nodes}, {@code partitions}, {@code
 * events}, {@code faults-each}, {@code mode}, {@code most-seeds}, {@code story}, {@code scale},
 * {@code stories}. It prints figures, and ends with 1 if a promise was broken, a replay differed,
 * or a planted fault was not found.
 */
public final class Simulate {

  private final Map<String, String> arguments = new HashMap<>();

  private Simulate(String[] given) {
    for (String argument : given) {
      int at = argument.indexOf('=');
      arguments.put(argument.substring(0, at), argument.substring(at + 1));
    }
  }

  /** Runs worlds. */
  public static void main(String[] given) throws Exception {
    System.exit(new Simulate(given).run() ? 0 : 1);
  }

  private boolean run() throws Exception {
    WorldWorker.Size size =
        new WorldWorker.Size(
            number("nodes", 3),
            number("partitions", 8),
            number("events", 2_000),
            number("faults-each", 20),
            WorldWorker.Mode.valueOf(text("mode", "balanced").toUpperCase(Locale.ROOT)));
    long seed = number("seed", 1);
    if (arguments.containsKey("story")) {
      new WorkerLoading(Map.of()).load().story(seed, size).forEach(Simulate::print);
      return true;
    }
    if (arguments.containsKey("scale")) {
      new WorkerLoading(Map.of())
          .load()
          .scale(
              number("nodes", 100),
              number("partitions", 10_000),
              size.mode() == WorldWorker.Mode.SHARDED,
              Simulate::print);
      return true;
    }
    boolean good =
        number("seeds", 0) == 0
            || new SeedSeries(size, number("workers", 2), Simulate::print)
                .run(seed, number("seeds", 0));
    return new PlantedFaultSearch(
                Path.of(text("sources", "connector/src/main/java")),
                size,
                number("workers", 2),
                number("most-seeds", 2_000),
                arguments.containsKey("stories"),
                Simulate::print)
            .findAll(wanted())
        && good;
  }

  private List<PlantedFault> wanted() throws Exception {
    String names = text("faults", "none");
    if (names.equals("none")) {
      return List.of();
    }
    List<PlantedFault> all = PlantedFault.allOf(Path.of(text("planted", "simulation/src/faults")));
    if (names.equals("all")) {
      return all;
    }
    List<PlantedFault> chosen = new ArrayList<>();
    for (String name : names.split(",")) {
      chosen.add(
          all.stream()
              .filter(fault -> fault.name().equals(name))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("no planted fault " + name)));
    }
    return chosen;
  }

  private String text(String name, String otherwise) {
    return arguments.getOrDefault(name, otherwise);
  }

  private int number(String name, int otherwise) {
    return Integer.parseInt(text(name, Integer.toString(otherwise)));
  }

  private static synchronized void print(String line) {
    System.out.println(line);
  }
}
