// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * A partition as the stream that owns it reports it.
 *
 * @param partition its id
 * @param state its state in the stream
 * @param emitted the sequence number of the last event that was given to the stream
 */
record ReportedPartition(String partition, String state, OptionalLong emitted) {

  /** All partitions of a stream that it has not given up. */
  static Map<String, ReportedPartition> of(ConsumerStatus status) {
    Map<String, ReportedPartition> owned = new TreeMap<>();
    status
        .partitions()
        .forEach(
            (id, partition) -> {
              if (partition.state() != OwnerState.RELEASED
                  && partition.state() != OwnerState.LOST) {
                owned.put(id, new ReportedPartition(id, state(partition), partition.emitted()));
              }
            });
    return owned;
  }

  private static String state(PartitionStatus partition) {
    return partition.state().name().toLowerCase(Locale.ROOT);
  }

  boolean isRunning() {
    return state.equals(PartitionProgress.RUNNING);
  }

  /** One word, for {@link #parse}. */
  String toWord() {
    return partition + ":" + state + ":" + (emitted.isPresent() ? emitted.getAsLong() : "");
  }

  static ReportedPartition parse(String word) {
    String[] parts = word.split(":", -1);
    return new ReportedPartition(
        parts[0],
        parts[1],
        parts[2].isEmpty() ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(parts[2])));
  }
}
