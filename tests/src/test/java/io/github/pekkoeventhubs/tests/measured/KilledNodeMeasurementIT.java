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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * How long it takes after SIGKILL of one of two nodes until all partitions are processed again,
 * with this connector and with the official {@code EventProcessorClient}. {@code ./mvnw -Pmeasure
 * verify -pl tests -am}; the processors with their defaults take some ten minutes of it.
 */
@Tag("measure")
class KilledNodeMeasurementIT {

  private static final int PARTITIONS = 8;
  private static final int ROUNDS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(15);
  private static final NodeJvms JVMS = new NodeJvms("measured-kills");

  private final Set<String> all =
      IntStream.range(0, PARTITIONS)
          .mapToObj(Integer::toString)
          .collect(Collectors.toCollection(TreeSet::new));

  @AfterAll
  static void stop() {
    JVMS.close();
  }

  @Test
  void thisConnector() {
    measure("killed.connector", "recommended-node.conf", ROUNDS);
  }

  @Test
  void officialProcessorAsFastAsIsSane() {
    measure("killed.processor-fastest", "official-processor-fastest.conf", ROUNDS);
  }

  @Test
  void officialProcessorWithItsDefaults() {
    measure("killed.processor-defaults", "official-processor-defaults.conf", 1);
  }

  private void measure(String figure, String configuration, int rounds) {
    Durations untilAllRun = new Durations();
    long duplicates = 0;
    for (int round = 0; round < rounds; round++) {
      try (EmbeddedServices services = new EmbeddedServices(PARTITIONS);
          ConsumerNodes nodes = new ConsumerNodes(services, JVMS, configuration);
          EventFeed feed = new EventFeed(services, 1, Duration.ofMillis(20))) {
        untilAllRun.add(killOneOfTwo(nodes, feed));
        feed.stop();
        await()
            .atMost(PATIENCE)
            .until(() -> nodes.processed().distinct() == PARTITIONS * feed.producedPerPartition());
        duplicates += nodes.processed().repeated().size();
      }
    }
    untilAllRun.print(figure);
    Figures.print(figure + ".duplicates", duplicates);
    assertThat(untilAllRun.percentile(100)).isPositive();
  }

  private Duration killOneOfTwo(ConsumerNodes nodes, EventFeed feed) {
    NodeProcess first = nodes.start();
    await().atMost(PATIENCE).until(first::isUp);
    NodeProcess second = nodes.start();
    feed.upTo(Long.MAX_VALUE);
    await().atMost(PATIENCE).until(() -> ConsumerNodes.share(all, List.of(first, second)));
    NodeProcess victim = lowest(first, second) == first ? second : first;
    Set<String> its = victim.running();
    Instant known = Instant.now();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                all.stream()
                    .allMatch(partition -> !nodes.processed().since(partition, known).isEmpty()));
    Instant killed = Instant.now();
    victim.kill();
    Interruptions interruptions = new Interruptions(nodes.processed(), its, victim, killed);
    await().atMost(PATIENCE).until(interruptions::areOver);
    return interruptions.untilAllRun();
  }

  /** Of two members the resolver of split brains keeps the one with the lowest address. */
  private static NodeProcess lowest(NodeProcess one, NodeProcess other) {
    return one.port().orElse(0) <= other.port().orElse(0) ? one : other;
  }
}
