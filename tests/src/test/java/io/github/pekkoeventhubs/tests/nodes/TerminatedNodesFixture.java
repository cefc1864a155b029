// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;

/**
 * Processes that get a SIGTERM while they have work in hand, as at each deployment: nothing is
 * processed twice, and the streams complete. {@code -Dtermination.leaves=20} lets more of them
 * leave than the short form does.
 */
abstract class TerminatedNodesFixture {

  private static final int PARTITIONS = 8;
  private static final Set<String> ALL =
      new TreeSet<>(Set.of("0", "1", "2", "3", "4", "5", "6", "7"));
  static final int LEAVES = Integer.getInteger("termination.leaves", 4);
  private static final int LEAVES_WITH_A_BUSY_STORE = 1;

  /** Half of the time after which a claim that was not released expires. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** A busy store refuses these when a process is told to end. They fit into the last flush. */
  private static final int REFUSED_CHECKPOINTS = PARTITIONS;

  /**
   * From the first release on it refuses releases for this long, too: for longer than a hand-over
   * waits for them.
   */
  private static final Duration NO_RELEASES = Duration.ofSeconds(3);

  /** Per partition: with 150 ms of work for each, several events are in hand at any time. */
  private static final int EVENTS_PER_TICK = 1;

  private static final Duration TICK = Duration.ofMillis(100);
  private static final int PROCESSED_BETWEEN_LEAVES = 50 * PARTITIONS;

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final NodeJvms jvms;
  private final EventFeed feed = new EventFeed(services, EVENTS_PER_TICK, TICK);
  private final List<Duration> pauses = new ArrayList<>();
  private final List<Duration> exits = new ArrayList<>();
  private final List<BlobFault> refusals = new ArrayList<>();
  private boolean storeIsBusy;

  /**
   * @param name of the folder with the output of the processes
   */
  TerminatedNodesFixture(String name) {
    jvms = new NodeJvms(name);
  }

  @AfterEach
  void stop() {
    feed.close();
    jvms.close();
    services.close();
  }

  /**
   * The first writes to claims and to checkpoints after the signal are refused. A release that was
   * not tried again, also beyond the time of the hand-over, would keep the next owner waiting for
   * longer than this test waits.
   */
  final void replaceWithABusyStore(String mode, int members, String configuration) {
    storeIsBusy = true;
    replaceOneAfterTheOther(mode + ".busy", members, configuration, LEAVES_WITH_A_BUSY_STORE);
    assertThat(refusals).isNotEmpty().allMatch(refusal -> refusal.hits() > 0);
  }

  private BlobFault refuse(BlobFaults.Rule writes, String kind) {
    BlobFault refusal =
        writes
            .of(BlobOperation.SET_METADATA)
            .onBlobs(name -> name.contains("/" + kind + "/"))
            .answer(503, "ServerBusy");
    refusals.add(refusal);
    return refusal;
  }

  /** Returns what refuses releases. */
  private Optional<BlobFault> refuseWrites(boolean ofClaims) {
    BlobFaults faults = services.blobs().faults();
    refuse(faults.next(REFUSED_CHECKPOINTS), "checkpoint");
    return ofClaims ? Optional.of(refuse(faults.always(), "ownership")) : Optional.empty();
  }

  /** On a busy machine, a process may need longer than that before it releases anything. */
  private static void endSomeTimeAfterTheFirst(BlobFault releases) {
    await().pollInterval(Duration.ofMillis(10)).atMost(PATIENCE).until(() -> releases.hits() > 0);
    CompletableFuture.delayedExecutor(NO_RELEASES.toMillis(), TimeUnit.MILLISECONDS)
        .execute(releases::cancel);
  }

  /** The oldest leaves each time; its replacement has joined before, where there are several. */
  final void replaceOneAfterTheOther(String mode, int members, String configuration, int leaves) {
    try (ConsumerNodes nodes = new ConsumerNodes(services, jvms, configuration)) {
      try {
        feed.upTo(Long.MAX_VALUE);
        List<NodeProcess> running = new ArrayList<>();
        for (int i = 0; i < members; i++) {
          running.add(started(nodes));
        }
        await().atMost(PATIENCE).until(() -> ConsumerNodes.runAll(ALL, running));
        for (int leave = 0; leave < leaves; leave++) {
          jvms.prepare(1);
          processSome(nodes);
          NodeProcess leaving = running.remove(0);
          terminate(leaving, running, nodes);
          running.add(started(nodes));
        }
        finish(mode, running, nodes);
      } catch (Throwable failure) {
        nodes.describeIn(failure);
        throw failure;
      }
    }
  }

  private static NodeProcess started(ConsumerNodes nodes) {
    NodeProcess node = nodes.start();
    await().atMost(PATIENCE).until(node::isUp);
    return node;
  }

  private static void processSome(ConsumerNodes nodes) {
    long before = nodes.processed().distinct();
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.processed().distinct() >= before + PROCESSED_BETWEEN_LEAVES);
  }

  private void terminate(NodeProcess leaving, List<NodeProcess> remaining, ConsumerNodes nodes) {
    Instant signal = Instant.now();
    long sent = System.nanoTime();
    Optional<BlobFault> refusedReleases =
        storeIsBusy ? refuseWrites(!remaining.isEmpty()) : Optional.empty();
    leaving.terminate();
    refusedReleases.ifPresent(TerminatedNodesFixture::endSomeTimeAfterTheFirst);
    await().pollInterval(Duration.ofMillis(10)).atMost(PATIENCE).until(() -> !leaving.isAlive());
    exits.add(Duration.ofNanos(System.nanoTime() - sent));
    assertThat(
            ALL.stream()
                .flatMap(id -> nodes.processed().since(id, signal).stream())
                .filter(event -> event.node().equals(leaving.name())))
        .as("work of %s that was in hand at the signal", leaving)
        .isNotEmpty();
    if (!remaining.isEmpty()) {
      await().atMost(PATIENCE).until(() -> ConsumerNodes.runAll(ALL, remaining));
      processSome(nodes);
      pauses.addAll(nodes.processed().pausesAfter(leaving.name()));
    }
  }

  private void finish(String mode, List<NodeProcess> running, ConsumerNodes nodes) {
    feed.stop();
    long produced = PARTITIONS * feed.producedPerPartition();
    await().atMost(PATIENCE).until(() -> nodes.processed().distinct() == produced);
    running.forEach(NodeProcess::terminate);
    await().atMost(PATIENCE).until(() -> running.stream().noneMatch(NodeProcess::isAlive));

    report(mode, nodes);
    assertThat(nodes.processed().repeatedByPartition()).isEmpty();
    assertThat(nodes.processed().missing(ALL, feed.producedPerPartition())).isEmpty();
    assertThat(services.checkpoints().values()).containsOnly(feed.producedPerPartition() - 1);
    StoreHistory history = StoreHistory.of(services.blobs().writes());
    assertThat(history.regressions()).isEmpty();
    assertThat(history.staleCommits()).isEmpty();
    assertThat(nodes.streamFailures()).isEmpty();
    assertThat(nodes.started()).allMatch(NodeProcess::hasStreamCompleted);
  }

  private void report(String mode, ConsumerNodes nodes) {
    String name = "termination." + mode;
    Figures.print(name + ".leaves", exits.size());
    Figures.print(name + ".duplicates", nodes.processed().repeated().size());
    Figures.print(name + ".exit.p50.seconds", quantile(exits, 0.5));
    Figures.print(name + ".exit.max.seconds", quantile(exits, 1));
    if (!pauses.isEmpty()) {
      Figures.print(name + ".pause.p50.seconds", quantile(pauses, 0.5));
      Figures.print(name + ".pause.max.seconds", quantile(pauses, 1));
    }
  }

  private static Duration quantile(List<Duration> values, double share) {
    List<Duration> sorted = values.stream().sorted().toList();
    return sorted.get((int) Math.ceil(share * sorted.size()) - 1);
  }
}
