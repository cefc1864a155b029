// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.ArrayList;
import java.util.List;

/** Looks for a smaller world with the same seed in which the same promise is broken. */
final class Shrinking {

  /** More worlds are not tried: it is a search, and the first story need not be the shortest. */
  private static final int MOST_RUNS = 200;

  private final String promise;
  private SeededScenario smallest;
  private int runs;

  Shrinking(SeededScenario scenario, String promise) {
    this.smallest = scenario;
    this.promise = promise;
  }

  SeededScenario smallest() {
    boolean smaller = true;
    while (smaller && runs < MOST_RUNS) {
      smaller = fewerFaults();
      smaller |= tried(smallest.withEvents(smallest.events() / 2));
      smaller |= tried(smallest.withPartitions(smallest.partitions() / 2));
      smaller |= tried(smallest.withPartitions(smallest.partitions() - 1));
      smaller |= tried(smallest.withNodes(smallest.nodes() - 1));
    }
    return smallest;
  }

  /** Half of them first, and then fewer at a time. */
  private boolean fewerFaults() {
    boolean smaller = false;
    for (int part = Math.max(1, smallest.faults().size() / 2); part >= 1; part /= 2) {
      for (int from = 0; from < smallest.faults().size(); ) {
        List<SeededScenario.Fault> left = new ArrayList<>(smallest.faults());
        left.subList(from, Math.min(left.size(), from + part)).clear();
        if (tried(smallest.withFaults(left))) {
          smaller = true;
        } else {
          from += part;
        }
      }
    }
    return smaller;
  }

  private boolean tried(SeededScenario smaller) {
    if (smaller.nodes() < 1
        || smaller.partitions() < 1
        || smaller.events() < 10
        || runs++ >= MOST_RUNS) {
      return false;
    }
    Violation broken = SeedRun.of(smaller, null).broken();
    if (broken == null || !broken.promise().equals(promise)) {
      return false;
    }
    smallest = smaller;
    return true;
  }
}
