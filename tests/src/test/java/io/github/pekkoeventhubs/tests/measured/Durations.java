// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.measured;

import io.github.pekkoeventhubs.tests.nodes.Figures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measured times. */
final class Durations {

  private final List<Duration> measured = new ArrayList<>();

  void add(Duration duration) {
    measured.add(duration);
  }

  void addAll(List<Duration> durations) {
    measured.addAll(durations);
  }

  /** The smallest time that so many percent of all do not exceed. */
  Duration percentile(int percent) {
    List<Duration> sorted = new ArrayList<>(measured);
    Collections.sort(sorted);
    int rank = (int) Math.ceil(percent / 100.0 * sorted.size());
    return sorted.get(Math.max(0, rank - 1));
  }

  /** Prints the number of measurements, the median, the 99th percentile and the maximum. */
  void print(String name) {
    Figures.print(name + ".count", measured.size());
    Figures.print(name + ".p50", percentile(50));
    Figures.print(name + ".p99", percentile(99));
    Figures.print(name + ".max", percentile(100));
  }
}
