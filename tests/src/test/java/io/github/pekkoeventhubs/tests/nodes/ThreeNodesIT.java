// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.nodes.ProcessedEvents.Processing;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
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

  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Duration FIVE_MINUTES = Duration.ofMinutes(5);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final NodeJvms jvms = new NodeJvms("three-nodes");
  private final ConsumerNodes nodes = new ConsumerNodes(services, jvms, "consumer-node.conf");
  private final EventFeed feed = new EventFeed(services, 30, Duration.ofMillis(50));

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
    joinLeaveAndKill(
        "", WallClock.OF_THE_MACHINE, WallClock.OF_THE_MACHINE, WallClock.OF_THE_MACHINE);
  }

  /** Longer than any claim lasts: none is taken for expired, and none has to expire. */
  @Test
  @DisabledOnOs(OS.WINDOWS)
  void theSameWhereWallClocksAreFiveMinutesAheadAndBehind() {
    assumeTrue(WallClock.isChangeable(), "needs a C compiler");
    joinLeaveAndKill(
        "clocks-apart.",
        new WallClock(FIVE_MINUTES),
        new WallClock(FIVE_MINUTES.negated()),
        new WallClock(FIVE_MINUTES));

    assertThat(nodes.started())
        .extracting(this::minutesAhead)
        .satisfiesExactly(
            minutes -> assertThat(minutes).isBetween(3L, 5L),
            minutes -> assertThat(minutes).isBetween(-7L, -5L),
            minutes -> assertThat(minutes).isBetween(3L, 5L));
  }

  /** By the last event it processed, which is not much older than a minute. */
  private long minutesAhead(NodeProcess node) {
    Instant last =
        ALL.stream()
            .flatMap(id -> nodes.processed().since(id, Instant.EPOCH).stream())
            .filter(event -> event.node().equals(node.name()))
            .map(Processing::at)
            .max(Comparator.naturalOrder())
            .orElseThrow();
    return Duration.between(Instant.now(), last).toMinutes();
  }

  private void joinLeaveAndKill(
      String scenario, WallClock first, WallClock second, WallClock third) {
    try {
      NodeProcess oldest = nodes.start(first);
      await().atMost(PATIENCE).until(oldest::isUp);
      NodeProcess next = nodes.start(second);
      await().atMost(PATIENCE).until(() -> ConsumerNodes.share(ALL, List.of(oldest, next)));
      feed.upTo(EVENTS_BEFORE_THE_KILL);
      NodeProcess youngest = joinAndLeave(scenario, oldest, next, third);
      killOneOfTwo(scenario, next, youngest);
    } catch (Throwable failure) {
      nodes.describeIn(failure);
      throw failure;
    }
  }

  private NodeProcess joinAndLeave(
      String scenario, NodeProcess oldest, NodeProcess next, WallClock clock) {
    NodeProcess youngest = nodes.start(clock);
    await().atMost(PATIENCE).until(youngest::isUp);
    Figures.print(
        scenario + "handover.join.seconds",
        timed(() -> ConsumerNodes.share(ALL, List.of(oldest, next, youngest))));

    // The oldest node, with the coordinator of the shards.
    oldest.terminate();
    Figures.print(
        scenario + "handover.leave.seconds",
        timed(() -> ConsumerNodes.runAll(ALL, List.of(next, youngest))));
    await().atMost(PATIENCE).until(() -> !oldest.isAlive());

    long produced = feed.producedPerPartition();
    await().atMost(PATIENCE).until(() -> nodes.processed().distinct() >= PARTITIONS * produced);
    Figures.print(scenario + "handover.duplicates", nodes.processed().repeated().size());
    assertThat(nodes.processed().repeatedByPartition()).isEmpty();
    return youngest;
  }

  private void killOneOfTwo(String scenario, NodeProcess one, NodeProcess other) {
    // Of two nodes the one with the lowest address goes on.
    List<NodeProcess> byAddress =
        Stream.of(one, other)
            .sorted(Comparator.comparing(node -> node.port().orElseThrow()))
            .toList();
    NodeProcess survivor = byAddress.get(0);
    NodeProcess victim = byAddress.get(1);
    long quiet = nodes.processed().distinct();
    feed.upTo(EVENTS_PER_PARTITION);
    await().atMost(PATIENCE).until(() -> nodes.processed().distinct() > quiet + 1_000);
    victim.kill();
    Figures.print(
        scenario + "takeover.killed.seconds",
        timed(() -> ConsumerNodes.runAll(ALL, List.of(survivor))));
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
    assertThatOnlyTheUncommittedWasRepeated(scenario, history.lastCheckpointsOf(victim.name()));
  }

  private void assertThatOnlyTheUncommittedWasRepeated(
      String scenario, Map<String, Long> committedByVictim) {
    List<Processing> repeated = nodes.processed().repeated();
    Figures.print(scenario + "takeover.killed.duplicates", repeated.size());
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
