// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

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
    surroundings = Surroundings.of(scenario, world, new Oracle.Bounds(0, false));
  }

  static void run(SeededScenario scenario, Consumer<String> out) {
    ProcessCounters.reset();
    ScaleRun run = new ScaleRun(scenario, out);
    run.phases(scenario.nodes());
  }

  private void phases(int number) {
    join(number - 1);
    untilEven("start-of-" + (number - 1) + "-nodes");
    join(1);
    untilEven("join-of-1-node");
    SimulatedNode leaving = nodes.remove(nodes.size() / 2);
    leaving.leave();
    untilEven("leave-of-1-node");
    int zone = nodes.size() / 3;
    nodes.subList(0, zone).forEach(SimulatedNode::crash);
    nodes.subList(0, zone).clear();
    untilEven("failure-of-" + (zone == 1 ? "1-node" : zone + "-nodes"));
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
    long messages = surroundings.network().messages();
    while (!isEven()) {
      if (world.nanoTime() - begun > PATIENCE_SECONDS * SECOND) {
        surroundings.oracle().broken("scale", phase + " is not even in time");
      }
      Violation broken = surroundings.oracle().violation();
      if (broken != null) {
        throw broken;
      }
      long until = world.nanoTime() + SECOND;
      while (world.step(until)) {
        // Only the clock ends a second.
      }
      world.check();
    }
    figure(phase + ".even-after", (world.nanoTime() - begun) / SECOND, "s");
    figure(phase + ".claims", claims() - claims, "claims");
    figure(phase + ".store-requests", surroundings.records().requests() - requests, "requests");
    figure(
        phase + ".messages-between-nodes",
        surroundings.network().messages() - messages,
        "messages");
  }

  private void figure(String name, long value, String unit) {
    SeededScenario scenario = surroundings.scenario();
    out.accept(
        "figure simulation.scale."
            + (scenario.sharded() ? "sharded." : "balanced.")
            + scenario.partitions()
            + "-partitions."
            + scenario.nodes()
            + "-nodes."
            + name
            + " "
            + value
            + " "
            + unit);
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
