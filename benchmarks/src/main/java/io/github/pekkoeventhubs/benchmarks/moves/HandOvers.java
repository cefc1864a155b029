// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.moves;

import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import java.util.ArrayList;
import java.util.List;

/** The costs of hand-overs of one kind so far. */
final class HandOvers {

  private final String name;
  private final double goalSeconds;
  private final List<Double> seconds = new ArrayList<>();
  private long duplicates;

  /**
   * None yet.
   *
   * @param name of the figures
   * @param goalSeconds for the median
   */
  HandOvers(String name, double goalSeconds) {
    this.name = name;
    this.goalSeconds = goalSeconds;
  }

  void add(Interruptions interruptions, long eventsProcessedTwice) {
    seconds.addAll(interruptions.seconds());
    duplicates += eventsProcessedTwice;
  }

  List<Figure> figures() {
    Sample sample = Sample.of(seconds);
    return List.of(
        Figure.of(name + ".p50", sample, "s", Goal.atMost(goalSeconds)),
        Figure.of(name + ".p99", sample.quantile(0.99), "s", Goal.none()),
        Figure.count(name + ".partitions", sample.size(), "partitions", Goal.none()),
        Figure.count(name + ".duplicates", duplicates, "events", Goal.atMost(0)));
  }
}
