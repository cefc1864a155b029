// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.util.Collection;
import java.util.List;

/**
 * Decides which node starts a partition, so that not every node asks for each one: one of the
 * active nodes, by the partition's id. Nodes that see different members may disagree for a while;
 * until they agree, several nodes or none may be responsible for a partition.
 *
 * @param <N> nodes
 */
final class StartDuty<N extends Comparable<N>> {

  private final List<N> nodes;
  private final N self;

  /**
   * @param active the nodes that share the partitions; a node that is not among them looks after
   *     all of them
   */
  StartDuty(Collection<N> active, N self) {
    this.nodes = active.stream().sorted().toList();
    this.self = self;
  }

  boolean isOurs(String partitionId) {
    return !nodes.contains(self)
        || nodes.get(Math.floorMod(partitionId.hashCode(), nodes.size())).equals(self);
  }
}
