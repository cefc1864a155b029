// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.PartitionIds;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.util.List;

/**
 * Where the events of each route go. Those of a key go to the partition that the service would
 * choose, as long as the event hub has these partitions. Not thread-safe.
 */
final class KeyPlacement implements Route.Kinds<Destination> {

  private static final Route.Kinds<Boolean> NEEDS_PARTITIONS =
      new Route.Kinds<>() {
        @Override
        public Boolean partitionKey(Route.PartitionKey route) {
          return true;
        }

        @Override
        public Boolean partitionId(Route.PartitionId route) {
          return false;
        }

        @Override
        public Boolean roundRobin() {
          return false;
        }
      };

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
        partitionIds.stream().sorted(PartitionIds.ORDER).map(Destination::keysOf).toList();
    boolean changed = !current.equals(destinations);
    destinations = current;
    return changed;
  }

  /** How many partitions there are. */
  int partitions() {
    return destinations.size();
  }

  /** Whether the route leads somewhere while the partitions are not known, or they are known. */
  boolean hasPlaceFor(Route route) {
    return isKnown() || !route.choose(NEEDS_PARTITIONS);
  }

  @Override
  public Destination partitionKey(Route.PartitionKey route) {
    return of(route.key());
  }

  @Override
  public Destination partitionId(Route.PartitionId route) {
    return Destination.partition(route.id());
  }

  @Override
  public Destination roundRobin() {
    return Destination.any();
  }

  /** Where the events of the key go. */
  Destination of(String key) {
    return destinations.get(KeyHash.partitionIndex(key, destinations.size()));
  }
}
