// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.PartitionIds;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The order and the ends of partitions in all output. */
final class Partitions {

  private Partitions() {}

  static <T> Map<String, T> sorted(Map<String, T> partitions) {
    Map<String, T> sorted = new TreeMap<>(PartitionIds.ORDER);
    sorted.putAll(partitions);
    return sorted;
  }

  /** The number of the first event that the partition has; empty where it has none now. */
  static OptionalLong first(PartitionProperties partition) {
    return partition.isEmpty()
        ? OptionalLong.empty()
        : OptionalLong.of(partition.getBeginningSequenceNumber());
  }

  /**
   * The number of the last event that the partition has had, which may have expired; empty where it
   * never had one.
   */
  static OptionalLong last(PartitionProperties partition) {
    long last = partition.getLastEnqueuedSequenceNumber();
    return last < 0 ? OptionalLong.empty() : OptionalLong.of(last);
  }
}
