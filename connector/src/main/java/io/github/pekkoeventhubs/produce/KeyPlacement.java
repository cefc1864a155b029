// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import java.util.Comparator;
import java.util.List;

/**
 * Which partition the events of each key go to: the one that the service would choose, as long as
 * the event hub has these partitions. Not thread-safe.
 */
final class KeyPlacement {

  /** "10" comes after "9". */
  private static final Comparator<String> BY_NUMBER =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  private List<Destination> destinations = List.of();

  /** Whether the partitions are known, without which no key has a place. */
  boolean isKnown() {
    return !destinations.isEmpty();
  }

  /**
   * These are the partitions now.
   *
   * @return whether they are others than before
   */
  boolean partitionsAre(List<String> partitionIds) {
    List<Destination> current =
        partitionIds.stream().sorted(BY_NUMBER).map(Destination::keysOf).toList();
    boolean changed = !current.equals(destinations);
    destinations = current;
    return changed;
  }

  /** How many partitions there are. */
  int partitions() {
    return destinations.size();
  }

  /** Where the events of the key go. */
  Destination of(String key) {
    return destinations.get(KeyHash.partitionIndex(key, destinations.size()));
  }
}
