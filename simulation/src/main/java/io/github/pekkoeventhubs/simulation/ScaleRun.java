// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.simulation.cluster.Membership;
import io.github.pekkoeventhubs.simulation.cluster.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Many nodes and partitions with default settings: how the partitions are spread when all nodes
 * start, when some join, and when a zone fails. No events come.
 */
final class ScaleRun {

  private static final long SECOND = 1_000_000_000;
  private static final long PATIENCE_SECONDS = 900;

  private final World world;
  private final Surroundings surroundings;
  private final Consumer<String> out;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private int numbers;

  private ScaleRun(SeededScenario scenario, Consumer<String> out) {
    this.out = out;
    world = new World(scenario.seed());
    StoreFaults store = new StoreFaults();
    Oracle oracle = new Oracle(world, store, new Oracle.Bounds(0, false));
    HubState hub = new HubState();
    surroundings =
        new Surroundings(
            scenario,
            hub,
            new StoreRecords(world, oracle),
            store,
            oracle,
            new Network(world.random()),
            new Membership(world.random()));
    for (int i = 0; i < scenario.partitions(); i++) {
      oracle.partitionAdded(hub.add());
    }
  }

  static void run(SeededScenario scenario, Consumer<String> out) {
    ProcessCounters.reset();
    ScaleRun run = new ScaleRun(scenario, out);
    run.phases(scenario.nodes());
  }

  private void phases(int number) {
    int joining = number / 10;
    join(number - joining);
    untilEven("start of " + (number - joining) + " nodes");
    join(joining);
    untilEven("join of " + joining + " nodes");
    int zone = number / 3;
    nodes.subList(0, zone).forEach(SimulatedNode::crash);
    nodes.subList(0, zone).clear();
    untilEven("failure of a zone of " + zone + " nodes");
  }

  private void join(int number) {
    for (int i = 0; i < number; i++) {
      SimulatedNode node = new SimulatedNode(world, surroundings, numbers++, () -> {});
      nodes.add(node);
      node.start();
    }
  }

  private void untilEven(String phase) {
    long begun = world.nanoTime();
    long claims = claims();
    long requests = surroundings.records().requests();
    while (!isEven()) {
      if (world.nanoTime() - begun > PATIENCE_SECONDS * SECOND) {
        surroundings.oracle().broken("scale", phase + " is not even in time");
      }
      if (surroundings.oracle().violation() != null) {
        throw surroundings.oracle().violation();
      }
      long until = world.nanoTime() + SECOND;
      while (world.step(until)) {
        // Only the clock ends a second.
      }
      world.check();
    }
    long seconds = (world.nanoTime() - begun) / SECOND;
    out.accept(
        "figure simulation.scale "
            + phase
            + ": even after "
            + seconds
            + " s, "
            + (claims() - claims)
            + " claims, "
            + (surroundings.records().requests() - requests)
            + " requests to the store");
  }

  private long claims() {
    return surroundings.oracle().partitions().stream().mapToLong(p -> p.claims).sum();
  }

  /** Every partition is owned by a living node, and no node has two more than another. */
  private boolean isEven() {
    Map<String, Integer> owned = new TreeMap<>();
    nodes.forEach(node -> owned.put(node.process.name, 0));
    for (PartitionRecord partition : surroundings.oracle().partitions()) {
      SimulatedProcess owner = partition.claimedBy;
      if (owner == null || !owned.containsKey(owner.name)) {
        return false;
      }
      owned.merge(owner.name, 1, Integer::sum);
    }
    int most = owned.values().stream().mapToInt(Integer::intValue).max().orElse(0);
    int least = owned.values().stream().mapToInt(Integer::intValue).min().orElse(0);
    return most - least <= 1;
  }
}
