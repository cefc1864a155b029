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

  /** Those of the world of a scenario, with its partitions. */
  static Surroundings of(SeededScenario scenario, World world, Oracle.Bounds bounds) {
    StoreFaults store = new StoreFaults();
    Membership membership = new Membership();
    ClaimOracle claims =
        scenario.sharded()
            ? new ClaimOracle(world, store, (by, node) -> membership.isCounted(by.name, node.name))
            : new ClaimOracle(world, store);
    Oracle oracle = new Oracle(world, claims, bounds);
    HubState hub = new HubState();
    Surroundings all =
        new Surroundings(
            scenario,
            hub,
            new StoreRecords(world, oracle),
            store,
            oracle,
            new Network(world.random()),
            membership);
    for (int i = 0; i < scenario.partitions(); i++) {
      oracle.partitionAdded(hub.add());
    }
    return all;
  }

  /** The links that a node has now. */
  List<HubLink> linksOf(SimulatedProcess process) {
    return hub.partitions().stream()
        .flatMap(log -> log.links.stream())
        .filter(link -> link.isOf(process))
        .toList();
  }
}
