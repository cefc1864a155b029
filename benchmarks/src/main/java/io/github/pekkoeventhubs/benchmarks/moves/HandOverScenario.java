// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.moves;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Measures for how long a partition that is handed over is not processed, for each cause of a
 * hand-over: half of 32 partitions move between two nodes in each step.
 */
public final class HandOverScenario implements Scenario {

  private static final int PARTITIONS = 32;
  private static final int ROUNDS = 3;
  private static final Duration FEED_INTERVAL = Duration.ofMillis(40);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private static final double GOAL_SECONDS = 0.5;

  @Override
  public String name() {
    return "handover";
  }

  @Override
  public String description() {
    return "from the last event at the old owner to the first at the new one, 32 partitions";
  }

  @Override
  public List<Figure> run(Environment environment) {
    try (NodeJvms jvms = new NodeJvms(environment.folder().resolve(name()));
        ConsumerGroup group =
            new ConsumerGroup(PARTITIONS, "recommended-node.conf", FEED_INTERVAL, PATIENCE, jvms)) {
      Steps steps = new Steps(group, group.startFirst());
      group.feed();
      for (int round = 0; round < (environment.quick() ? 1 : ROUNDS); round++) {
        steps.nodeJoins();
        steps.streamStops();
        steps.streamStarts();
        steps.nodeLeaves();
      }
      group.awaitEnd();
      return steps.figures();
    }
  }

  /** Two nodes, one of which comes and goes in different ways. */
  private final class Steps {

    private final ConsumerGroup group;
    private final NodeProcess stays;
    private final HandOvers join = new HandOvers(name() + ".rebalance", GOAL_SECONDS);
    private final HandOvers started = new HandOvers(name() + ".stream-started", GOAL_SECONDS);
    private final HandOvers stopped = new HandOvers(name() + ".stream-stopped", GOAL_SECONDS);
    private final HandOvers leave = new HandOvers(name() + ".leave", GOAL_SECONDS);
    private NodeProcess other;
    private int duplicates;

    Steps(ConsumerGroup group, NodeProcess stays) {
      this.group = group;
      this.stays = stays;
      this.other = stays;
      group.awaitShares(stays);
    }

    void nodeJoins() {
      Instant since = Instant.now();
      other = group.start();
      group.awaitShares(stays, other);
      add(join, stays, other.running(), since);
    }

    void streamStops() {
      Set<String> back = other.running();
      Instant since = Instant.now();
      other.stopStream();
      group.awaitShares(stays);
      add(stopped, other, back, since);
    }

    void streamStarts() {
      Instant since = Instant.now();
      other.startStream();
      group.awaitShares(stays, other);
      add(started, stays, other.running(), since);
    }

    void nodeLeaves() {
      Set<String> back = other.running();
      Instant since = Instant.now();
      other.terminate();
      group.await("the node to have left", () -> !other.isAlive());
      group.awaitShares(stays);
      add(leave, other, back, since);
    }

    private void add(HandOvers handOvers, NodeProcess from, Set<String> moved, Instant since) {
      Interruptions interruptions = group.awaitInterruptions(moved, from, since);
      group.awaitProcessed();
      int all = group.processed().repeated().size();
      handOvers.add(interruptions, all - duplicates);
      duplicates = all;
    }

    List<Figure> figures() {
      return Stream.of(join, started, stopped, leave)
          .flatMap(handOvers -> handOvers.figures().stream())
          .toList();
    }
  }
}
