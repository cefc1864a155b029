// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.nodes.ProcessedEvents.Processing;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A cluster of processes whose members come, go and die while events flow. */
class ThreeNodesIT {

  private static final int PARTITIONS = 8;
  private static final Set<String> ALL =
      new TreeSet<>(Set.of("0", "1", "2", "3", "4", "5", "6", "7"));
  private static final long EVENTS_PER_PARTITION = 12_500;
  private static final long EVENTS_BEFORE_THE_KILL = 9_000;

  /** Of consumer-node.conf: max-uncommitted and max-unwritten. */
  private static final long REPEATED_AFTER_A_KILL = 2_000;

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final NodeJvms jvms = new NodeJvms("three-nodes");
  private final ConsumerNodes nodes = new ConsumerNodes(services, jvms, "consumer-node.conf");
  private final EventFeed feed = new EventFeed(services, 30, Duration.ofMillis(50));

  private NodeProcess first;
  private NodeProcess second;

  @BeforeEach
  void startTwoNodes() {
    first = nodes.start();
    await().atMost(PATIENCE).until(first::isUp);
    second = nodes.start();
    await().atMost(PATIENCE).until(() -> ConsumerNodes.share(ALL, List.of(first, second)));
  }

  @AfterEach
  void stop() {
    feed.close();
    nodes.close();
    jvms.close();
    services.close();
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void everyEventIsProcessedWhileANodeJoinsOneLeavesAndOneIsKilled() {
    try {
      feed.upTo(EVENTS_BEFORE_THE_KILL);
      NodeProcess third = joinAndLeave();
      killOneOfTwo(third);
    } catch (Throwable failure) {
      nodes.describeIn(failure);
      throw failure;
    }
  }

  private NodeProcess joinAndLeave() {
    NodeProcess third = nodes.start();
    await().atMost(PATIENCE).until(third::isUp);
    Figures.print(
        "handover.join.seconds",
        timed(() -> ConsumerNodes.share(ALL, List.of(first, second, third))));

    // The oldest node, with the coordinator of the shards.
    first.terminate();
    Figures.print(
        "handover.leave.seconds", timed(() -> ConsumerNodes.runAll(ALL, List.of(second, third))));
    await().atMost(PATIENCE).until(() -> !first.isAlive());

    long produced = feed.producedPerPartition();
    await().atMost(PATIENCE).until(() -> nodes.processed().distinct() >= PARTITIONS * produced);
    Figures.print("handover.duplicates", nodes.processed().repeated().size());
    assertThat(nodes.processed().repeatedByPartition()).isEmpty();
    return third;
  }

  private void killOneOfTwo(NodeProcess third) {
    // Of two nodes the one with the lowest address goes on.
    List<NodeProcess> byAddress =
        List.of(second, third).stream()
            .sorted(Comparator.comparing(node -> node.port().orElseThrow()))
            .toList();
    NodeProcess survivor = byAddress.get(0);
    NodeProcess victim = byAddress.get(1);
    long quiet = nodes.processed().distinct();
    feed.upTo(EVENTS_PER_PARTITION);
    await().atMost(PATIENCE).until(() -> nodes.processed().distinct() > quiet + 1_000);
    victim.kill();
    Figures.print(
        "takeover.killed.seconds", timed(() -> ConsumerNodes.runAll(ALL, List.of(survivor))));
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.processed().distinct() == PARTITIONS * EVENTS_PER_PARTITION);
    survivor.terminate();
    await().atMost(PATIENCE).until(() -> !survivor.isAlive());

    StoreHistory history = StoreHistory.of(services.blobs().writes());
    assertThat(history.regressions()).isEmpty();
    assertThat(history.staleCommits()).isEmpty();
    assertThat(services.checkpoints())
        .isEqualTo(
            ALL.stream().collect(Collectors.toMap(id -> id, id -> EVENTS_PER_PARTITION - 1)));
    assertThat(services.owners().values()).containsOnly("");
    assertThat(nodes.streamFailures()).isEmpty();
    assertThatOnlyTheUncommittedWasRepeated(history.lastCheckpointsOf(victim.name()));
  }

  private void assertThatOnlyTheUncommittedWasRepeated(Map<String, Long> committedByVictim) {
    List<Processing> repeated = nodes.processed().repeated();
    Figures.print("takeover.killed.duplicates", repeated.size());
    assertThat(repeated)
        .allSatisfy(
            event ->
                assertThat(event.sequenceNumber())
                    .isGreaterThan(committedByVictim.get(event.partition())));
    assertThat(nodes.processed().repeatedByPartition())
        .allSatisfy(
            (partition, count) -> assertThat(count).isLessThanOrEqualTo(REPEATED_AFTER_A_KILL));
  }

  private static Duration timed(Callable<Boolean> condition) {
    long start = System.nanoTime();
    await().pollInterval(Duration.ofMillis(20)).atMost(PATIENCE).until(condition);
    return Duration.ofNanos(System.nanoTime() - start);
  }
}
