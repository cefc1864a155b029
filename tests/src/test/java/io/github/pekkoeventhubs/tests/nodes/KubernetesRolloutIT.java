// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * A new version of a service of three processes, in the order and with the times of the sample's
 * manifest: a new pod, and when it is ready the end of an old one, with the pause of {@code
 * preStop}, SIGTERM, and SIGKILL at the end of the grace.
 */
@DisabledOnOs(OS.WINDOWS)
class KubernetesRolloutIT {

  private static final int PARTITIONS = 8;
  private static final int REPLICAS = 3;
  private static final Set<String> ALL =
      new TreeSet<>(Set.of("0", "1", "2", "3", "4", "5", "6", "7"));
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final NodeJvms jvms = new NodeJvms("kubernetes-rollout");
  private final EventFeed feed = new EventFeed(services, 1, Duration.ofMillis(100));
  private final AtomicInteger killed = new AtomicInteger();
  private final Duration preStop = seconds("sleep:\\s+seconds");
  private final Duration grace = seconds("terminationGracePeriodSeconds");

  @AfterEach
  void stop() {
    feed.close();
    jvms.close();
    services.close();
  }

  private static Duration seconds(String field) {
    try {
      Matcher found =
          Pattern.compile(field + ": (\\d+)")
              .matcher(Files.readString(Path.of("..", "samples", "kubernetes", "orders.yaml")));
      assertThat(found.find()).as(field).isTrue();
      return Duration.ofSeconds(Long.parseLong(found.group(1)));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** As Kubernetes does it; the grace counts from here on. */
  private void end(NodeProcess pod) {
    CompletableFuture.delayedExecutor(preStop.toMillis(), TimeUnit.MILLISECONDS)
        .execute(pod::terminate);
    CompletableFuture.delayedExecutor(grace.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (pod.isAlive()) {
                killed.incrementAndGet();
                pod.kill();
              }
            });
  }

  private NodeProcess ready(ConsumerNodes nodes) {
    NodeProcess pod = nodes.start();
    await().atMost(PATIENCE).until(pod::isUp);
    return pod;
  }

  @Test
  void threePodsAreReplacedWithoutLossRepetitionOrKill() {
    try (ConsumerNodes nodes = new ConsumerNodes(services, jvms, "terminated-node.conf")) {
      try {
        jvms.prepare(REPLICAS);
        feed.upTo(Long.MAX_VALUE);
        List<NodeProcess> old = new ArrayList<>();
        for (int i = 0; i < REPLICAS; i++) {
          old.add(ready(nodes));
        }
        await().atMost(PATIENCE).until(() -> ConsumerNodes.runAll(ALL, old));

        List<NodeProcess> successors = new ArrayList<>();
        for (NodeProcess pod : old) {
          successors.add(ready(nodes));
          jvms.prepare(1);
          Instant begin = Instant.now();
          end(pod);
          await().atMost(grace.plus(PATIENCE)).until(() -> !pod.isAlive());
          assertThat(workOf(pod, nodes, begin)).as("work of %s during preStop", pod).isTrue();
        }
        await().atMost(PATIENCE).until(() -> ConsumerNodes.runAll(ALL, successors));
        finish(successors, nodes);
      } catch (Throwable failure) {
        nodes.describeIn(failure);
        throw failure;
      }
    }
  }

  private static boolean workOf(NodeProcess pod, ConsumerNodes nodes, Instant begin) {
    return ALL.stream()
        .flatMap(id -> nodes.processed().since(id, begin).stream())
        .anyMatch(event -> event.node().equals(pod.name()));
  }

  private void finish(List<NodeProcess> running, ConsumerNodes nodes) {
    feed.stop();
    long produced = PARTITIONS * feed.producedPerPartition();
    await().atMost(PATIENCE).until(() -> nodes.processed().distinct() == produced);
    running.forEach(NodeProcess::terminate);
    await().atMost(PATIENCE).until(() -> running.stream().noneMatch(NodeProcess::isAlive));

    assertThat(killed).hasValue(0);
    assertThat(nodes.processed().repeatedByPartition()).isEmpty();
    assertThat(nodes.processed().missing(ALL, feed.producedPerPartition())).isEmpty();
    assertThat(nodes.streamFailures()).isEmpty();
    assertThat(services.checkpoints().values()).containsOnly(feed.producedPerPartition() - 1);
  }
}
