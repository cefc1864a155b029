// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.measured;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.testkit.blob.BlobWrite;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.nodes.ConsumerNodes;
import io.github.pekkoeventhubs.tests.nodes.EventFeed;
import io.github.pekkoeventhubs.tests.nodes.Figures;
import io.github.pekkoeventhubs.tests.nodes.NodeJvms;
import io.github.pekkoeventhubs.tests.nodes.NodeProcess;
import io.github.pekkoeventhubs.tests.nodes.ProcessedEvents.Processing;
import io.github.pekkoeventhubs.tests.nodes.StoreHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * What a node does that is paused for so long that the others have taken its partitions, and then
 * runs on: it believes for a moment that they are still its own. {@code ./mvnw -Pmeasure verify -pl
 * tests -am}.
 */
@Tag("measure")
@DisabledOnOs(OS.WINDOWS)
class PausedNodeMeasurementIT {

  private static final int PARTITIONS = 9;
  private static final int ROUNDS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final NodeJvms JVMS = new NodeJvms("measured-pauses");

  private final Set<String> all =
      IntStream.range(0, PARTITIONS)
          .mapToObj(Integer::toString)
          .collect(Collectors.toCollection(TreeSet::new));

  private final Durations untilLastEvent = new Durations();
  private final Durations untilEnded = new Durations();
  private final Durations untilAllRun = new Durations();
  private long eventsAfterThaw;
  private long checkpointsAttempted;
  private long checkpointsRefused;
  private long duplicates;

  @AfterAll
  static void stop() {
    JVMS.close();
  }

  @Test
  void thePausedNodeCommitsNothing() {
    for (int round = 0; round < ROUNDS; round++) {
      try (EmbeddedServices services = new EmbeddedServices(PARTITIONS);
          ConsumerNodes nodes = new ConsumerNodes(services, JVMS, "recommended-node.conf");
          EventFeed feed = new EventFeed(services, 1, Duration.ofMillis(5))) {
        measure(services, nodes, feed);
      }
    }
    untilAllRun.print("paused.until-all-run-elsewhere");
    untilLastEvent.print("paused.thaw-to-last-event");
    untilEnded.print("paused.thaw-to-end");
    Figures.print("paused.rounds", ROUNDS);
    Figures.print("paused.events-after-thaw", eventsAfterThaw);
    Figures.print("paused.checkpoints-attempted", checkpointsAttempted);
    Figures.print("paused.checkpoints-refused", checkpointsRefused);
    Figures.print("paused.duplicates", duplicates);
    assertThat(checkpointsRefused).isEqualTo(checkpointsAttempted);
  }

  private void measure(EmbeddedServices services, ConsumerNodes nodes, EventFeed feed) {
    NodeProcess first = nodes.start();
    await().atMost(PATIENCE).until(first::isUp);
    NodeProcess second = nodes.start();
    NodeProcess third = nodes.start();
    feed.upTo(Long.MAX_VALUE);
    await().atMost(PATIENCE).until(() -> ConsumerNodes.share(all, List.of(first, second, third)));
    long before = nodes.processed().distinct();
    await().atMost(PATIENCE).until(() -> nodes.processed().distinct() > before + 1_000);

    Set<String> its = third.running();
    Instant paused = Instant.now();
    third.freeze();
    Interruptions interruptions = new Interruptions(nodes.processed(), its, third, paused);
    await().atMost(PATIENCE).until(interruptions::areOver);
    untilAllRun.add(interruptions.untilAllRun());

    Instant thawed = Instant.now();
    third.thaw();
    await().atMost(PATIENCE).until(() -> !third.isAlive());
    untilEnded.add(Duration.between(thawed, Instant.now()));
    feed.stop();
    await()
        .atMost(PATIENCE)
        .until(() -> nodes.processed().distinct() == PARTITIONS * feed.producedPerPartition());

    List<Processing> afterThaw =
        its.stream()
            .flatMap(partition -> nodes.processed().since(partition, thawed).stream())
            .filter(event -> event.node().equals(third.name()))
            .toList();
    eventsAfterThaw += afterThaw.size();
    untilLastEvent.add(
        afterThaw.stream()
            .map(event -> Duration.between(thawed, event.at()))
            .max(Duration::compareTo)
            .orElse(Duration.ZERO));
    for (BlobWrite write : services.blobs().writeAttempts()) {
      if (write.blob().contains("/checkpoint/")
          && write.client().startsWith(third.name() + " ")
          && !write.time().isBefore(thawed)) {
        checkpointsAttempted++;
        checkpointsRefused += write.applied() ? 0 : 1;
      }
    }
    duplicates += nodes.processed().repeated().size();
    StoreHistory history = StoreHistory.of(services.blobs().writes());
    assertThat(history.staleCommits()).isEmpty();
    assertThat(history.regressions()).isEmpty();
  }
}
