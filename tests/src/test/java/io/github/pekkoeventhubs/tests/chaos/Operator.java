// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an operator does where no downing provider decides: declares members down that have ended. A
 * node that gives up joining in the moment in which it is accepted is such a member.
 */
final class Operator {

  /** What is missed for a shorter time may be back. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Map<Integer, Instant> missedSince = new HashMap<>();

  /** Looks at the nodes once. */
  void look(List<NodeProcess> started) {
    List<NodeProcess> up = started.stream().filter(NodeProcess::isUp).toList();
    Set<Integer> missed = new TreeSet<>();
    up.forEach(node -> missed.addAll(node.unreachable()));
    up.forEach(node -> node.port().ifPresent(missed::remove));
    missedSince.keySet().retainAll(missed);
    Instant now = Instant.now();
    missed.forEach(port -> missedSince.putIfAbsent(port, now));
    missed.removeIf(port -> now.isBefore(missedSince.getOrDefault(port, now).plus(PATIENCE)));
    if (!missed.isEmpty()) {
      up.get(0).downAt(missed);
    }
  }
}
