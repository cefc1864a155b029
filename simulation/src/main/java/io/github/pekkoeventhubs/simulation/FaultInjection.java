// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Lets the faults of a scenario happen, and pass. */
final class FaultInjection {

  /** Until somebody else has claimed what it owns. */
  private static final long LONG_FREEZE = 20_000_000_000L;

  private final World world;
  private final Surroundings surroundings;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final int usualNodes;
  private int numbers;
  private int restarts;

  FaultInjection(World world, Surroundings surroundings) {
    this.world = world;
    this.surroundings = surroundings;
    this.usualNodes = surroundings.scenario().nodes();
  }

  void begin() {
    surroundings.records().tellOfFences(this::fenced);
    for (int i = 0; i < usualNodes; i++) {
      join();
    }
    for (SeededScenario.Fault fault : surroundings.scenario().faults()) {
      world.after(world.services(), fault.atMillis() * 1_000_000, "fault", () -> happen(fault));
    }
  }

  List<SimulatedNode> living() {
    return nodes.stream().filter(node -> node.isAlive() && !node.isLeaving()).toList();
  }

  private void join() {
    SimulatedNode node = new SimulatedNode(world, surroundings, numbers++, this::startAgain);
    nodes.add(node);
    node.start();
  }

  /** The cluster has expelled a node, and its process has ended: it is started again. */
  private void startAgain() {
    restarts++;
    world.after(
        world.services(),
        world.between(1_000, 3_000),
        "restart",
        () -> {
          restarts--;
          join();
        });
  }

  /** Whether no node is about to come in the place of an expelled one. */
  boolean isNobodyMissing() {
    return restarts == 0;
  }

  /** There are as many nodes as at the beginning again, and nothing disturbs them. */
  void calm() {
    world.tell("all faults have passed");
    calmStore();
    surroundings.network().calm();
    surroundings.hub().setUnanswered(0);
    nodes.forEach(SimulatedNode::wake);
    nodes.forEach(node -> node.slow(30));
    while (living().size() < usualNodes) {
      join();
    }
  }

  private void calmStore() {
    surroundings.storeFaults().calm();
    surroundings.storeFaults().calmSince = world.nanoTime();
  }

  /** One renewal per node fails once, which must not matter. */
  void blip() {
    surroundings.storeFaults().blips = living().size();
  }

  /** One node more, while all are well. */
  void joinCalmly() {
    nodes.forEach(node -> node.slow(400));
    if (surroundings.scenario().patient()) {
      nodes.forEach(SimulatedNode::slowNext);
    }
    join();
    nodes.get(nodes.size() - 1).slow(400);
  }

  /** One node less, while all are well. */
  void leaveCalmly() {
    List<SimulatedNode> living = living();
    living.get(world.random().nextInt(living.size())).leave();
  }

  /** A node that was refused and froze wakes soon after its successor has begun: that is worst. */
  private void fenced(String partition) {
    for (SimulatedNode node : nodes) {
      if (node.process.refusedPartition.equals(partition)
          && node.process.state == SimulatedProcess.State.FROZEN) {
        world.after(world.services(), world.between(0, 400), "wake", node::wake);
      }
    }
  }

  private @Nullable SimulatedNode target(SeededScenario.Fault fault) {
    List<SimulatedNode> living =
        living().stream()
            .filter(node -> node.process.state == SimulatedProcess.State.RUNNING)
            .toList();
    return living.isEmpty() ? null : living.get(fault.target() % living.size());
  }

  private SimulatedPartition partition(SeededScenario.Fault fault) {
    List<SimulatedPartition> all = surroundings.hub().partitions();
    return all.get(fault.target() % all.size());
  }

  private void happen(SeededScenario.Fault fault) {
    world.tell("fault: " + fault.kind() + " for " + fault.forMillis() + " ms");
    SimulatedNode node = target(fault);
    switch (fault.kind()) {
      case CRASH -> replace(node, fault, SimulatedNode::crash);
      case LEAVE -> replace(node, fault, SimulatedNode::leave);
      case FREEZE -> freeze(node, fault);
      case FREEZE_WHEN_REFUSED -> freezeWhenRefused(node);
      case JOIN -> joinBeside(node);
      case STREAM_FAILS -> failNext(node);
      case SLOW_USER -> slow(node, fault);
      case STORE_DOWN -> hitStore(fault, store -> store.refused = 100);
      case STORE_SLOW -> hitStore(fault, store -> store.mostMillis = 1_600);
      case STORE_REFUSES -> hitStore(fault, store -> store.refused = 50);
      case STORE_LOSES_ANSWERS -> hitStore(fault, store -> store.lost = 40);
      case STORE_THROTTLES -> hitStore(fault, store -> store.throttled = 50);
      case STORE_CONTRADICTS -> hitStore(fault, store -> store.wrongConflicts = 30);
      case STORE_LATE -> hitStore(fault, store -> store.late = 30);
      case STORE_REFUSES_CHECKPOINTS -> hitStore(fault, store -> store.refusedCheckpoints = 100);
      case STORE_LOSES_CLAIMS -> hitStore(fault, store -> store.lostClaims = 60);
      case STORE_REFUSES_CLAIMS -> hitStore(fault, store -> store.refusedOwnerships = 100);
      case LINKS_END -> hitLinks(node, HubLink::close);
      case LINKS_FAIL -> hitLinks(node, HubLink::fail);
      case LINK_SILENT -> new ArrayList<>(partition(fault).links).forEach(HubLink::fallSilent);
      case LINK_STOLEN -> new ArrayList<>(partition(fault).links).forEach(HubLink::steal);
      case HUB_SILENT -> silenceHub(fault);
      case HUB_GROWS -> growHub();
      case HUB_TRIMS -> trim(partition(fault));
      case HUB_CREATED_ANEW -> createHubAnew();
      case NETWORK_SLOW -> disturbNetwork(fault, 900, 0);
      case NETWORK_LOSES -> disturbNetwork(fault, 100, 30);
      case NETWORK_SPLITS -> cutOff(node, fault);
    }
  }

  private void afterwards(SeededScenario.Fault fault, Runnable end) {
    world.after(world.services(), fault.forMillis() * 1_000_000, "fault passes", end);
  }

  private void replace(
      @Nullable SimulatedNode node, SeededScenario.Fault fault, Consumer<SimulatedNode> ending) {
    if (node != null) {
      ending.accept(node);
      afterwards(fault, this::join);
    }
  }

  private void freeze(@Nullable SimulatedNode node, SeededScenario.Fault fault) {
    if (node != null) {
      node.freezeAfter(fault.target() % 4);
      afterwards(fault, node::wake);
    }
  }

  private void freezeWhenRefused(@Nullable SimulatedNode node) {
    if (node != null) {
      node.freezeWhenRefused();
      world.after(world.services(), LONG_FREEZE, "fault passes", node::wake);
    }
  }

  private void joinBeside(@Nullable SimulatedNode node) {
    if (node != null && living().size() < usualNodes + 2) {
      join();
    }
  }

  private void failNext(@Nullable SimulatedNode node) {
    if (node != null) {
      node.failNext();
    }
  }

  private void slow(@Nullable SimulatedNode node, SeededScenario.Fault fault) {
    if (node != null) {
      node.slow(10_000);
      afterwards(fault, () -> node.slow(30));
    }
  }

  private void hitLinks(@Nullable SimulatedNode node, Consumer<HubLink> fault) {
    if (node != null) {
      surroundings.linksOf(node.process).forEach(fault);
    }
  }

  private void hitStore(SeededScenario.Fault fault, Consumer<StoreFaults> change) {
    change.accept(surroundings.storeFaults());
    afterwards(fault, this::calmStore);
  }

  private void silenceHub(SeededScenario.Fault fault) {
    surroundings.hub().setUnanswered(60);
    afterwards(fault, () -> surroundings.hub().setUnanswered(0));
  }

  private void growHub() {
    if (surroundings.hub().partitions().size() < surroundings.scenario().partitions() + 2) {
      surroundings.oracle().partitionAdded(surroundings.hub().add());
    }
  }

  private void trim(SimulatedPartition log) {
    log.trim(Math.min(log.end(), log.first() + log.end() / 4));
    world.tell("partition " + log.id + " begins at event " + log.first());
  }

  private void createHubAnew() {
    surroundings.hub().createAnew();
    surroundings.oracle().hubCreatedAnew();
  }

  private void disturbNetwork(SeededScenario.Fault fault, int slowestMillis, int lostOfHundred) {
    surroundings.network().disturb(slowestMillis, lostOfHundred);
    afterwards(fault, surroundings.network()::calm);
  }

  private void cutOff(@Nullable SimulatedNode node, SeededScenario.Fault fault) {
    if (node != null) {
      world.tell(node.process.name + " is cut off");
      surroundings.network().split(Set.of(node.process.name));
    }
    afterwards(fault, surroundings.network()::calm);
  }
}
