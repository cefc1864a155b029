// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.util.List;

/** An event hub that an {@link EventHubsEmulator} is to have when it starts. */
record WantedTopology(String name, int partitionCount, List<String> consumerGroups) {

  WantedTopology {
    requirePartitions(name, partitionCount);
  }

  /**
   * @throws IllegalArgumentException if the count is less than 1
   */
  static void requirePartitions(String eventHub, int partitionCount) {
    if (partitionCount < 1) {
      throw new IllegalArgumentException(
          "The event hub '%s' is to have %d partitions; it needs at least 1"
              .formatted(eventHub, partitionCount));
    }
  }
}
