// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/**
 * Two sides of a cluster between which no message passes, while both reach the services.
 *
 * @param first never empty
 * @param second never empty
 */
record NetworkSplit(List<NodeProcess> first, List<NodeProcess> second) {

  /** Two sides that a number chooses. */
  static NetworkSplit of(List<NodeProcess> nodes, int pick) {
    Random random = new Random(pick);
    List<NodeProcess> first = new ArrayList<>(List.of(nodes.get(0)));
    List<NodeProcess> second = new ArrayList<>(List.of(nodes.get(1)));
    for (NodeProcess node : nodes.subList(2, nodes.size())) {
      (random.nextBoolean() ? first : second).add(node);
    }
    return new NetworkSplit(first, second);
  }

  void begin() {
    first.forEach(node -> node.cutOff(second));
    second.forEach(node -> node.cutOff(first));
  }

  /** Whether the failure detectors of both sides have given up on the other. */
  boolean isNoticed() {
    return misses(first, second) && misses(second, first);
  }

  private static boolean misses(Collection<NodeProcess> some, Collection<NodeProcess> others) {
    return some.stream().anyMatch(node -> others.stream().anyMatch(node::misses))
        || isEnded(some)
        || isEnded(others);
  }

  void declareEachOtherDown() {
    first.get(0).down(second);
    second.get(0).down(first);
  }

  boolean hasEndedSide() {
    return isEnded(first) || isEnded(second);
  }

  private static boolean isEnded(Collection<NodeProcess> side) {
    return side.stream().noneMatch(NodeProcess::isAlive);
  }

  /** Lets messages pass again, wherever a node is left. */
  void heal() {
    Stream.concat(first.stream(), second.stream())
        .filter(NodeProcess::isAlive)
        .forEach(node -> node.reconnect(first.contains(node) ? second : first));
  }
}
