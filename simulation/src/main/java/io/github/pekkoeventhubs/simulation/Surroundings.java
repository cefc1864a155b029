// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.List;

/** The services that all nodes share. */
record Surroundings(
    SeededScenario scenario,
    HubState hub,
    StoreRecords records,
    StoreFaults storeFaults,
    Oracle oracle) {

  /** The links that a node has now. */
  List<HubLink> linksOf(SimulatedProcess process) {
    return hub.partitions().stream()
        .flatMap(log -> log.links.stream())
        .filter(link -> link.isOf(process))
        .toList();
  }
}
