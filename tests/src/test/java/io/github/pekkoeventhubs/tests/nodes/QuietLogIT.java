// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Two healthy nodes that share the partitions for a minute log nothing at WARN or above, although
 * the logger has no levels but INFO for everything.
 */
class QuietLogIT {

  private static final Set<String> ALL =
      new TreeSet<>(Set.of("0", "1", "2", "3", "4", "5", "6", "7"));

  /** One event per partition each tenth of a second. */
  private static final Duration TICK = Duration.ofMillis(100);

  private static final long EVENTS_OF_A_MINUTE = 600;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @Test
  void healthyNodesLogNothingAlarming() throws IOException {
    // At the same time, since each takes a minute in which it does little.
    try (Pair sharded = new Pair("sharded", "consumer-node.conf");
        Pair balanced = new Pair("balanced", "consumer-node.conf+subscription-balanced.conf")) {
      List<Pair> pairs = List.of(sharded, balanced);
      pairs.forEach(Pair::start);
      pairs.forEach(Pair::processOneMinute);
      for (Pair pair : pairs) {
        List<List<String>> logs = logs(pair.logs);
        assertThat(logs.stream().flatMap(List::stream))
            .as("the logs in %s", pair.logs)
            .anyMatch(line -> line.contains("assigned to"));
        assertThat(logs).flatExtracting(AlarmingLines::of).isEmpty();
      }
    }
  }

  /** Two nodes with a service of their own. */
  private static final class Pair implements AutoCloseable {
    private final Path logs;
    private final EmbeddedServices services = new EmbeddedServices(ALL.size());
    private final NodeJvms jvms;
    private final ConsumerNodes nodes;
    private final EventFeed feed = new EventFeed(services, 1, TICK);

    Pair(String mode, String configuration) {
      logs = Path.of("target", "node-logs", "quiet-" + mode);
      jvms =
          new NodeJvms(logs, List.of("-Xmx192m", "-Dlogback.configurationFile=stock-logback.xml"));
      nodes = new ConsumerNodes(services, jvms, configuration);
    }

    void start() {
      List<NodeProcess> running = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        NodeProcess node = nodes.start();
        await().atMost(PATIENCE).until(node::isUp);
        running.add(node);
      }
      await().atMost(PATIENCE).until(() -> ConsumerNodes.share(ALL, running));
      feed.upTo(EVENTS_OF_A_MINUTE);
    }

    void processOneMinute() {
      await()
          .atMost(PATIENCE.multipliedBy(3))
          .until(() -> nodes.processed().distinct() == ALL.size() * EVENTS_OF_A_MINUTE);
    }

    @Override
    public void close() {
      feed.close();
      nodes.close();
      jvms.close();
      services.close();
    }
  }

  /** The lines of each node. */
  private static List<List<String>> logs(Path folder) throws IOException {
    List<List<String>> lines = new ArrayList<>();
    try (Stream<Path> logs = Files.list(folder)) {
      for (Path log : logs.toList()) {
        lines.add(Files.readAllLines(log));
      }
    }
    return lines;
  }
}
