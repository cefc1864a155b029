// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.simulation.cluster.Membership;
import io.github.pekkoeventhubs.simulation.cluster.Network;
import java.util.List;

/** The services that all nodes share. */
record Surroundings(
    SeededScenario scenario,
    HubState hub,
    StoreRecords records,
    StoreFaults storeFaults,
    Oracle oracle,
    Network network,
    Membership membership) {

  /** The links that a node has now. */
  List<HubLink> linksOf(SimulatedProcess process) {
    return hub.partitions().stream()
        .flatMap(log -> log.links.stream())
        .filter(link -> link.isOf(process))
        .toList();
  }
}
