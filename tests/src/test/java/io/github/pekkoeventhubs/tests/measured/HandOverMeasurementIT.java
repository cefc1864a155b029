// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.measured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.nodes.ConsumerNodes;
import io.github.pekkoeventhubs.tests.nodes.EventFeed;
import io.github.pekkoeventhubs.tests.nodes.Figures;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * For how long a partition that is handed over is not processed, by what causes it: half of 32
 * partitions move between two nodes in each step. {@code ./mvnw -Pmeasure verify -pl tests -am}.
 */
@Tag("measure")
class HandOverMeasurementIT {

  private static final int PARTITIONS = 32;
  private static final int ROUNDS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final Set<String> all =
      IntStream.range(0, PARTITIONS)
          .mapToObj(Integer::toString)
          .collect(Collectors.toCollection(TreeSet::new));
  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final NodeJvms jvms = new NodeJvms("measured-hand-overs");
  private final ConsumerNodes nodes = new ConsumerNodes(services, jvms, "recommended-node.conf");
  private final EventFeed feed = new EventFeed(services, 1, Duration.ofMillis(20));

  private final Durations join = new Durations();
  private final Durations streamStarted = new Durations();
  private final Durations streamStopped = new Durations();
  private final Durations leave = new Durations();

  @AfterEach
  void stop() {
    feed.close();
    nodes.close();
    jvms.close();
    services.close();
  }

  @Test
  void eachKindOfHandOver() {
    NodeProcess stays = nodes.start();
    await().atMost(PATIENCE).until(() -> ConsumerNodes.runAll(all, List.of(stays)));
    feed.upTo(Long.MAX_VALUE);
    for (int round = 0; round < ROUNDS; round++) {
      measure(stays);
    }
    feed.stop();
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.processed().distinct() == PARTITIONS * feed.producedPerPartition());
    join.print("handover.join");
    streamStarted.print("handover.stream-started");
    streamStopped.print("handover.stream-stopped");
    leave.print("handover.leave");
    Figures.print("handover.duplicates", nodes.processed().repeated().size());
    assertThat(nodes.processed().repeatedByPartition()).isEmpty();
  }

  private void measure(NodeProcess stays) {
    Instant joining = Instant.now();
    NodeProcess other = nodes.start();
    awaitShare(stays, other);
    join.addAll(interruptions(stays, other.running(), joining));

    Set<String> back = other.running();
    Instant stopping = Instant.now();
    other.stopStream();
    awaitShare(stays);
    streamStopped.addAll(interruptions(other, back, stopping));

    Instant starting = Instant.now();
    other.startStream();
    awaitShare(stays, other);
    streamStarted.addAll(interruptions(stays, other.running(), starting));

    Set<String> left = other.running();
    Instant leaving = Instant.now();
    other.leave();
    await().atMost(PATIENCE).until(() -> !other.isAlive());
    awaitShare(stays);
    leave.addAll(interruptions(other, left, leaving));
  }

  private void awaitShare(NodeProcess... running) {
    Collection<NodeProcess> owners = List.of(running);
    await().atMost(PATIENCE).until(() -> ConsumerNodes.share(all, owners));
  }

  private List<Duration> interruptions(NodeProcess from, Set<String> moved, Instant since) {
    Interruptions interruptions = new Interruptions(nodes.processed(), moved, from, since);
    await().atMost(PATIENCE).until(interruptions::areOver);
    return interruptions.lengths();
  }
}
