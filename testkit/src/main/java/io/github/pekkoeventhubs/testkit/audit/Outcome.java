// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;

/**
 * The result of one run of a scenario. Immutable.
 *
 * @param scenario what was done
 * @param entries what happened, and which checkpoints were stored, in the order of time
 * @param checkpoints what is stored at the end, by partition
 * @param checkpointsAtStart what was stored when each node was started
 * @param claimed whether any partition was claimed
 * @param failure the last failure with which the stream has ended by itself
 * @param unsettled the expected events that were not processed when nothing happened any more
 */
record Outcome(
    AuditScenario scenario,
    List<Journal.Entry> entries,
    SortedMap<Integer, Long> checkpoints,
    Map<Integer, SortedMap<Integer, Long>> checkpointsAtStart,
    boolean claimed,
    Optional<Throwable> failure,
    Set<EventKey> unsettled) {

  /** The last number of a partition that the checkpoint covers at the end; -1 for none. */
  long checkpoint(int partition) {
    return checkpoints.getOrDefault(partition, -1L);
  }

  /** The last number of a partition that the checkpoint covered when a node started. */
  long checkpointAtStart(int node, int partition) {
    SortedMap<Integer, Long> stored = checkpointsAtStart.get(node);
    return stored == null ? -1L : stored.getOrDefault(partition, -1L);
  }
}
