// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * The command line.
 *
 * @param scenarios names or beginnings of names; none for all
 * @param folder the folder for results
 * @param runs the folder with runs of several days, to be compared; empty to measure
 */
record BenchmarkArguments(
    List<String> scenarios,
    boolean quick,
    Path folder,
    Optional<Path> runs,
    boolean list,
    boolean help) {

  static final String USAGE =
      """
      Measures the connector side by side with the SDK, its processor and a bare AMQP client.

      Usage: java -jar benchmarks.jar [scenario…] [--quick] [--out DIR]

        scenario   what to measure: a name of --list, or its beginning up to a dot;
                   default all but 'settings'
        --quick    rough answers in a few minutes; fails only on what is wrong or far off
        --out DIR  where figures, plots and logs go; default target/benchmark-results
        --runs DIR prints the table of all runs that are kept in DIR, and measures nothing: each is a
                   figures.csv, named by its day, as 2026-11-28.csv
        --list     the names of the scenarios
        --help     this text

      Exits with 0 if all goals are reached, 1 if something is wrong or, in a quick run, far off,
      2 if the arguments are wrong, and 3 if goals are missed.
      """;

  /**
   * @throws IllegalArgumentException with a message for the user
   */
  static BenchmarkArguments parse(String... words) {
    List<String> scenarios = new ArrayList<>();
    boolean quick = false;
    boolean list = false;
    boolean help = false;
    Path folder = Path.of("target", "benchmark-results");
    Optional<Path> runs = Optional.empty();
    for (Iterator<String> rest = List.of(words).iterator(); rest.hasNext(); ) {
      String word = rest.next();
      switch (word) {
        case "--quick" -> quick = true;
        case "--list" -> list = true;
        case "--help" -> help = true;
        case "--out" -> folder = folderAfter(word, rest);
        case "--runs" -> runs = Optional.of(folderAfter(word, rest));
        default -> {
          if (word.startsWith("-")) {
            throw new IllegalArgumentException("There is no option " + word + ".");
          }
          scenarios.add(word);
        }
      }
    }
    return new BenchmarkArguments(List.copyOf(scenarios), quick, folder, runs, list, help);
  }

  private static Path folderAfter(String option, Iterator<String> rest) {
    if (!rest.hasNext()) {
      throw new IllegalArgumentException(option + " needs a folder after it.");
    }
    return Path.of(rest.next());
  }
}
