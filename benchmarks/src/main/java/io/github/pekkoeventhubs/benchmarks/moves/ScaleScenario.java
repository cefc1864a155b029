// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.moves;

import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess.Measurement;
import io.github.pekkoeventhubs.tests.nodes.StoreHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Many partitions without events on a few small processes, which one more joins. */
public final class ScaleScenario implements Scenario {

  private static final int PARTITIONS = 1000;
  private static final int QUICK_PARTITIONS = 100;
  private static final int NODES = 4;
  private static final int QUICK_NODES = 2;

  private static final List<String> JVM_ARGUMENTS = List.of("-Xmx320m");
  private static final Duration NO_EVENTS = Duration.ofDays(1);
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final long MEASUREMENT_PATIENCE_SECONDS = 30;

  /** Three of the intervals at which running partitions are looked at. */
  private static final int IDLE_SECONDS = 30;

  private static final double GOAL_SECONDS = 60;
  private static final double KILOBYTE = 1024;

  @Override
  public String name() {
    return "scale";
  }

  @Override
  public String description() {
    return "1,000 partitions on four processes, which a fifth joins";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    int partitions = environment.quick() ? QUICK_PARTITIONS : PARTITIONS;
    int nodes = environment.quick() ? QUICK_NODES : NODES;
    try (NodeJvms jvms = new NodeJvms(environment.folder().resolve(name()), JVM_ARGUMENTS);
        ConsumerGroup group =
            new ConsumerGroup(partitions, "counting-node.conf", NO_EVENTS, PATIENCE, jvms)) {
      return new Steps(name() + "." + partitions + "-partitions", group, partitions, nodes)
          .figures(environment.quick() ? IDLE_SECONDS / 6 : IDLE_SECONDS);
    }
  }

  private static final class Steps {

    private final String name;
    private final ConsumerGroup group;
    private final int partitions;
    private final int nodes;
    private final List<NodeProcess> started = new ArrayList<>();

    Steps(String name, ConsumerGroup group, int partitions, int nodes) {
      this.name = name;
      this.group = group;
      this.partitions = partitions;
      this.nodes = nodes;
    }

    List<Figure> figures(int idleSeconds) throws Exception {
      List<Figure> figures = new ArrayList<>();
      Instant start = Instant.now();
      started.add(group.startFirst());
      while (started.size() < nodes) {
        started.add(group.start());
      }
      group.await("all nodes to be up", () -> started.stream().allMatch(NodeProcess::isUp));
      group.awaitAllRun(started);
      figures.add(seconds(".all-owned", start, Goal.atMost(GOAL_SECONDS)));
      group.awaitShares(started);
      figures.add(seconds(".evenly-owned", start, Goal.none()));

      long before = messages();
      TimeUnit.SECONDS.sleep(idleSeconds);
      figures.add(
          Figure.of(
              name + ".idle-messages",
              (double) (messages() - before) / idleSeconds,
              "messages/s",
              Goal.none()));

      Instant joining = Instant.now();
      NodeProcess joined = group.start();
      started.add(joined);
      group.awaitShares(started);
      figures.add(seconds(".even-after-join", joining, Goal.none()));
      long moves =
          StoreHistory.of(group.services().blobs().writes()).claims().stream()
              .filter(claim -> !claim.at().isBefore(joining))
              .count();
      figures.add(
          Figure.count(
              name + ".moves-on-join",
              moves,
              "partitions",
              Goal.atMost((double) partitions / started.size())));

      figures.add(
          Figure.of(
              name + ".heap-per-partition", kilobytesPerPartition(joined), "KiB", Goal.none()));
      return figures;
    }

    private Figure seconds(String suffix, Instant since, Goal goal) {
      return Figure.of(
          name + suffix, Duration.between(since, Instant.now()).toMillis() / 1000.0, "s", goal);
    }

    private long messages() throws Exception {
      long sum = 0;
      for (NodeProcess node : started) {
        sum += measured(node).messages();
      }
      return sum;
    }

    /** All that the node holds, so that it is less than this. */
    private double kilobytesPerPartition(NodeProcess node) throws Exception {
      return measured(node).heapBytes() / KILOBYTE / node.running().size();
    }

    private static Measurement measured(NodeProcess node) throws Exception {
      return node.measure().get(MEASUREMENT_PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }
}
