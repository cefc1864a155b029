// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.measured;

import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import io.github.pekkoeventhubs.tests.nodes.ProcessedEvents;
import io.github.pekkoeventhubs.tests.nodes.ProcessedEvents.Processing;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * For how long nobody processed events of partitions that have moved, while events were produced
 * all the time.
 *
 * @param partitions those that have moved
 * @param from the node that had them
 * @param since when that was about to end
 */
record Interruptions(
    ProcessedEvents processed, Set<String> partitions, NodeProcess from, Instant since) {

  /** Whether each partition has gone on elsewhere. */
  boolean areOver() {
    return partitions.stream().allMatch(partition -> firstElsewhere(partition).isPresent());
  }

  /** By partition, from the last event at the node to the first one elsewhere. */
  List<Duration> lengths() {
    return partitions.stream()
        .map(
            partition ->
                Duration.between(
                    lastAtNode(partition).orElse(since), firstElsewhere(partition).orElseThrow()))
        .toList();
  }

  /** Until the last of the partitions has gone on. */
  Duration untilAllRun() {
    return Duration.between(
        since,
        partitions.stream()
            .map(partition -> firstElsewhere(partition).orElseThrow())
            .max(Comparator.naturalOrder())
            .orElseThrow());
  }

  private Optional<Instant> lastAtNode(String partition) {
    return processed.since(partition, since.minusSeconds(1)).stream()
        .filter(event -> event.node().equals(from.name()))
        .map(Processing::at)
        .max(Comparator.naturalOrder());
  }

  private Optional<Instant> firstElsewhere(String partition) {
    return processed.since(partition, since).stream()
        .filter(event -> !event.node().equals(from.name()))
        .map(Processing::at)
        .min(Comparator.naturalOrder());
  }
}
