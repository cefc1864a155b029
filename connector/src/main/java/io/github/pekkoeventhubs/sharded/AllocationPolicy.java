// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Decides on which node a partition's owner runs: on nodes that run a stream of the group, evenly,
 * with as few moves as possible. Only the numbers of partitions on the nodes count.
 *
 * @param maxMoves the most partitions that are moved for balance at once
 */
record AllocationPolicy(int maxMoves) {

  /** The node that gets a partition, or null if none is active. */
  <N> @Nullable N allocate(Map<N, ? extends List<String>> partitionsByNode, Set<N> active) {
    N best = null;
    int fewest = Integer.MAX_VALUE;
    for (Map.Entry<N, ? extends List<String>> entry : partitionsByNode.entrySet()) {
      if (active.contains(entry.getKey()) && entry.getValue().size() < fewest) {
        best = entry.getKey();
        fewest = entry.getValue().size();
      }
    }
    return best;
  }

  /**
   * The partitions that leave their nodes. From a node without a stream all do; from the others
   * only as many as it takes for the fullest to hold at most one more than the emptiest.
   *
   * @param mayMove whether a partition has been held long enough to be moved for balance
   */
  <N> Set<String> moves(
      Map<N, ? extends List<String>> partitionsByNode, Set<N> active, Predicate<String> mayMove) {
    Set<String> moves = new HashSet<>();
    List<Holding> holdings = new ArrayList<>();
    partitionsByNode.forEach(
        (node, partitions) -> {
          if (active.contains(node)) {
            holdings.add(new Holding(partitions));
          } else {
            moves.addAll(partitions);
          }
        });
    if (holdings.isEmpty()) {
      return Set.of();
    }
    for (int homeless = moves.size(); homeless > 0; homeless--) {
      Collections.min(holdings).count++;
    }
    List<Holding> givers = new ArrayList<>(holdings);
    int moved = 0;
    while (moved < maxMoves && !givers.isEmpty()) {
      Holding fullest = Collections.max(givers);
      Holding emptiest = Collections.min(holdings);
      if (fullest.count - emptiest.count <= 1) {
        break;
      }
      String partition = fullest.takeLast(mayMove);
      if (partition == null) {
        // All its partitions came just now: the next fullest node may still give one.
        givers.remove(fullest);
        continue;
      }
      moves.add(partition);
      fullest.count--;
      emptiest.count++;
      moved++;
    }
    return moves;
  }

  /** The partitions that a node keeps, and the number it will have when all moves are done. */
  private static final class Holding implements Comparable<Holding> {

    private final List<String> kept;
    private int count;

    Holding(List<String> partitions) {
      kept = new ArrayList<>(partitions);
      count = kept.size();
    }

    @Nullable String takeLast(Predicate<String> mayMove) {
      for (int i = kept.size() - 1; i >= 0; i--) {
        if (mayMove.test(kept.get(i))) {
          return kept.remove(i);
        }
      }
      return null;
    }

    @Override
    public int compareTo(Holding other) {
      return Integer.compare(count, other.count);
    }
  }
}
