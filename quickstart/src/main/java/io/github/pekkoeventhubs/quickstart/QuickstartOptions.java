// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.time.Duration;

/**
 * The options of a demonstration.
 *
 * @param nodes 1 (everything in one process), or at least 3, each in a process of its own
 * @param partitions the number of partitions of the embedded event hub
 * @param events the number of events to produce
 * @param duration the time over which they are produced
 */
record QuickstartOptions(int nodes, int partitions, int events, Duration duration) {

  private static final int CLUSTER = 3;

  QuickstartOptions {
    if (nodes != 1 && nodes < CLUSTER) {
      throw new IllegalArgumentException(
          "nodes is "
              + nodes
              + ": give 1, or "
              + CLUSTER
              + " or more to stop one and kill another");
    }
  }

  static QuickstartOptions forNodes(int nodes) {
    return nodes == 1
        ? new QuickstartOptions(1, 4, 20_000, Duration.ofSeconds(12))
        : new QuickstartOptions(nodes, 2 * nodes, 40_000, Duration.ofSeconds(40));
  }

  boolean isCluster() {
    return nodes > 1;
  }
}
