// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.moves;

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
 * The times in which nobody processed events of partitions that moved, while events were produced
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

  /** By partition, in seconds from the last event at the node to the first one elsewhere. */
  List<Double> seconds() {
    return partitions.stream()
        .map(
            partition ->
                seconds(
                    lastAtNode(partition).orElse(since), firstElsewhere(partition).orElseThrow()))
        .toList();
  }

  /** Seconds until the last of the partitions has gone on. */
  double secondsUntilAllRun() {
    return seconds(
        since,
        partitions.stream()
            .map(partition -> firstElsewhere(partition).orElseThrow())
            .max(Comparator.naturalOrder())
            .orElseThrow());
  }

  /** How many of the partitions have gone on at this node. */
  long endedBy(NodeProcess node) {
    return partitions.stream()
        .filter(
            partition -> firstEventElsewhere(partition).orElseThrow().node().equals(node.name()))
        .count();
  }

  /** The events of these partitions that the node has processed since then. */
  long eventsAtNode() {
    return partitions.stream()
        .flatMap(partition -> processed.since(partition, since).stream())
        .filter(this::isAtNode)
        .count();
  }

  private static double seconds(Instant from, Instant to) {
    return Duration.between(from, to).toNanos() / 1e9;
  }

  private Optional<Instant> lastAtNode(String partition) {
    return processed.since(partition, since.minusSeconds(1)).stream()
        .filter(this::isAtNode)
        .map(Processing::at)
        .max(Comparator.naturalOrder());
  }

  private Optional<Instant> firstElsewhere(String partition) {
    return firstEventElsewhere(partition).map(Processing::at);
  }

  private Optional<Processing> firstEventElsewhere(String partition) {
    return processed.since(partition, since).stream()
        .filter(event -> !isAtNode(event))
        .min(Comparator.comparing(Processing::at));
  }

  private boolean isAtNode(Processing event) {
    return event.node().equals(from.name());
  }
}
