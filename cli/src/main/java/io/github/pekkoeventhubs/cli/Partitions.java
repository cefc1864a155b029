// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.PartitionIds;
import java.util.Map;
import java.util.TreeMap;

/** The order of partitions in all output. */
final class Partitions {

  private Partitions() {}

  static <T> Map<String, T> sorted(Map<String, T> partitions) {
    Map<String, T> sorted = new TreeMap<>(PartitionIds.ORDER);
    sorted.putAll(partitions);
    return sorted;
  }
}
