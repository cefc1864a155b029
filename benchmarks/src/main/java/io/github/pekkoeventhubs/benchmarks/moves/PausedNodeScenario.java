// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.moves;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import io.github.pekkoeventhubs.tests.nodes.StoreHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Pauses a node for so long that the others take its partitions, and lets it run on. For a moment
 * the node still believes that it owns them: the scenario counts the checkpoints it tries to write,
 * and those that are refused.
 */
public final class PausedNodeScenario implements Scenario {

  private static final int PARTITIONS = 9;
  private static final int ROUNDS = 3;
  private static final Duration FEED_INTERVAL = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  @Override
  public String name() {
    return "paused";
  }

  @Override
  public String description() {
    return "a node is stopped, loses its partitions, and runs on";
  }

  @Override
  public boolean mostlyWaits() {
    return true;
  }

  @Override
  public List<Figure> run(Environment environment) {
    int rounds = environment.quick() ? 1 : ROUNDS;
    List<Pause> pauses = new ArrayList<>();
    try (NodeJvms jvms = new NodeJvms(environment.folder().resolve(name()))) {
      for (int round = 0; round < rounds; round++) {
        try (ConsumerGroup group =
            new ConsumerGroup(PARTITIONS, "recommended-node.conf", FEED_INTERVAL, PATIENCE, jvms)) {
          pauses.add(measure(group));
        }
      }
    }
    long attempted = pauses.stream().mapToLong(Pause::checkpointsAttempted).sum();
    long refused = pauses.stream().mapToLong(Pause::checkpointsRefused).sum();
    return List.of(
        Figure.of(
            name() + ".until-all-run-elsewhere",
            Sample.of(pauses.stream().map(Pause::secondsUntilAllRun).toList()),
            "s",
            Goal.none()),
        Figure.of(
            name() + ".wake-to-end",
            Sample.of(pauses.stream().map(Pause::secondsUntilEnded).toList()),
            "s",
            Goal.none()),
        Figure.count(name() + ".pauses", pauses.size(), "pauses", Goal.none()),
        Figure.count(
            name() + ".events-after-waking",
            pauses.stream().mapToLong(Pause::eventsAfterWaking).sum(),
            "events",
            Goal.none()),
        Figure.count(name() + ".checkpoints-attempted", attempted, "checkpoints", Goal.none()),
        Figure.count(
            name() + ".checkpoints-accepted", attempted - refused, "checkpoints", Goal.atMost(0)),
        Figure.count(
            name() + ".duplicates",
            pauses.stream().mapToLong(Pause::duplicates).sum(),
            "events",
            Goal.none()));
  }

  private static Pause measure(ConsumerGroup group) {
    NodeProcess first = group.startFirst();
    NodeProcess second = group.start();
    NodeProcess third = group.start();
    group.feed();
    group.awaitShares(first, second, third);
    long before = group.processed().distinct();
    group.await("1,000 events", () -> group.processed().distinct() > before + 1_000);

    Set<String> its = third.running();
    Instant paused = Instant.now();
    third.freeze();
    double secondsUntilAllRun = group.awaitInterruptions(its, third, paused).secondsUntilAllRun();

    Instant woken = Instant.now();
    third.thaw();
    group.await("the woken node to end", () -> !third.isAlive());
    double secondsUntilEnded = Duration.between(woken, Instant.now()).toNanos() / 1e9;
    group.awaitEnd();
    check(StoreHistory.of(group.services().blobs().writes()));

    List<BlobWrite> late =
        group.services().blobs().writeAttempts().stream()
            .filter(write -> write.blob().contains("/checkpoint/"))
            .filter(write -> write.client().startsWith(third.name() + " "))
            .filter(write -> !write.time().isBefore(woken))
            .toList();
    return new Pause(
        secondsUntilAllRun,
        secondsUntilEnded,
        new Interruptions(group.processed(), its, third, woken).eventsAtNode(),
        late.size(),
        late.stream().filter(write -> !write.applied()).count(),
        group.processed().repeated().size());
  }

  private static void check(StoreHistory history) {
    if (!history.staleCommits().isEmpty() || !history.regressions().isEmpty()) {
      throw new IncorrectResultException(
          "stale commits " + history.staleCommits() + ", regressions " + history.regressions());
    }
  }

  private record Pause(
      double secondsUntilAllRun,
      double secondsUntilEnded,
      long eventsAfterWaking,
      long checkpointsAttempted,
      long checkpointsRefused,
      long duplicates) {}
}
