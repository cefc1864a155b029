// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
      case CRASH, FREEZE, FREEZE_WHEN_REFUSED, LEAVE, JOIN, STREAM_FAILS, SLOW_USER -> {
        if (node != null) {
          happenTo(node, fault);
        }
      }
      case LINKS_END, LINKS_FAIL, LINK_SILENT, LINK_STOLEN -> hitLinks(fault, node);
      case HUB_SILENT -> {
        surroundings.hub().setUnanswered(60);
        afterwards(fault, () -> surroundings.hub().setUnanswered(0));
      }
      case HUB_GROWS -> {
        if (surroundings.hub().partitions().size() < surroundings.scenario().partitions() + 2) {
          surroundings.oracle().partitionAdded(surroundings.hub().add());
        }
      }
      case HUB_CREATED_ANEW -> {
        surroundings.hub().createAnew();
        surroundings.oracle().hubCreatedAnew();
      }
      case HUB_TRIMS -> {
        SimulatedPartition log = partition(fault);
        log.trim(Math.min(log.end(), log.first() + log.end() / 4));
        world.tell("partition " + log.id + " begins at event " + log.first());
      }
      case NETWORK_SLOW, NETWORK_LOSES, NETWORK_SPLITS -> hitNetwork(fault, node);
      default -> hitStore(fault);
    }
  }

  private void hitNetwork(SeededScenario.Fault fault, @Nullable SimulatedNode node) {
    switch (fault.kind()) {
      case NETWORK_SLOW -> surroundings.network().disturb(900, 0);
      case NETWORK_LOSES -> surroundings.network().disturb(100, 30);
      default -> {
        if (node != null) {
          world.tell(node.process.name + " is cut off");
          surroundings.network().split(Set.of(node.process.name));
        }
      }
    }
    afterwards(fault, surroundings.network()::calm);
  }

  private void afterwards(SeededScenario.Fault fault, Runnable end) {
    world.after(world.services(), fault.forMillis() * 1_000_000, "fault passes", end);
  }

  private void happenTo(SimulatedNode node, SeededScenario.Fault fault) {
    switch (fault.kind()) {
      case CRASH -> {
        node.crash();
        afterwards(fault, this::join);
      }
      case LEAVE -> {
        node.leave();
        afterwards(fault, this::join);
      }
      case FREEZE -> {
        node.freezeAfter(fault.target() % 4);
        afterwards(fault, node::wake);
      }
      case FREEZE_WHEN_REFUSED -> {
        node.freezeWhenRefused();
        world.after(world.services(), LONG_FREEZE, "fault passes", node::wake);
      }
      case JOIN -> {
        if (living().size() < usualNodes + 2) {
          join();
        }
      }
      case STREAM_FAILS -> node.failNext();
      default -> {
        node.slow(10_000);
        afterwards(fault, () -> node.slow(30));
      }
    }
  }

  private void hitLinks(SeededScenario.Fault fault, @Nullable SimulatedNode node) {
    if (fault.kind() == SeededScenario.Kind.LINK_SILENT) {
      new ArrayList<>(partition(fault).links).forEach(HubLink::fallSilent);
    } else if (fault.kind() == SeededScenario.Kind.LINK_STOLEN) {
      new ArrayList<>(partition(fault).links).forEach(HubLink::steal);
    } else if (node != null) {
      surroundings
          .linksOf(node.process)
          .forEach(
              link -> {
                if (fault.kind() == SeededScenario.Kind.LINKS_END) {
                  link.close();
                } else {
                  link.fail();
                }
              });
    }
  }

  private void hitStore(SeededScenario.Fault fault) {
    StoreFaults store = surroundings.storeFaults();
    switch (fault.kind()) {
      case STORE_DOWN -> store.refused = 100;
      case STORE_SLOW -> store.mostMillis = 1_600;
      case STORE_REFUSES -> store.refused = 50;
      case STORE_LOSES_ANSWERS -> store.lost = 40;
      case STORE_THROTTLES -> store.throttled = 50;
      case STORE_CONTRADICTS -> store.wrongConflicts = 30;
      case STORE_LATE -> store.late = 30;
      case STORE_REFUSES_CHECKPOINTS -> store.refusedCheckpoints = 100;
      case STORE_LOSES_CLAIMS -> store.lostClaims = 60;
      case STORE_REFUSES_CLAIMS -> store.refusedOwnerships = 100;
      default -> throw new IllegalStateException("not a fault of the store: " + fault.kind());
    }
    afterwards(fault, this::calmStore);
  }
}
