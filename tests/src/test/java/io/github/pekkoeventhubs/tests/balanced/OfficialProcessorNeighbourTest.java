// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import static io.github.pekkoeventhubs.tests.balanced.BalancedNode.running;
import static io.github.pekkoeventhubs.tests.balanced.GroupHistory.changesOfOwner;
import static io.github.pekkoeventhubs.tests.balanced.GroupHistory.loads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Our streams and the SDK's {@code EventProcessorClient} in one consumer group. */
class OfficialProcessorNeighbourTest {

  private static final int PARTITIONS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final Duration CALM = Duration.ofSeconds(2);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();
  private int sent;

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : running) {
      each.close();
    }
    services.close();
  }

  private BalancedNode node() {
    BalancedNode node = new BalancedNode(services);
    running.push(node);
    return node;
  }

  private OfficialProcessor processor() {
    OfficialProcessor processor = new OfficialProcessor(services, processed);
    running.push(processor);
    return processor;
  }

  /** Sends to all partitions and waits until everything ever sent is processed and committed. */
  private void sendAndAwait(int eventsPerPartition) {
    services.sendToEach(eventsPerPartition);
    sent += eventsPerPartition;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(new HashSet<>(processed)).hasSize(PARTITIONS * sent);
              assertThat(services.checkpoints().values()).containsOnly((long) (sent - 1));
            });
  }

  /** The same, and none of them was processed twice, nor any older one again. */
  private void sendAndAwaitOnce(int eventsPerPartition) {
    int before = processed.size();
    sendAndAwait(eventsPerPartition);
    assertThat(processed).hasSize(before + PARTITIONS * eventsPerPartition);
  }

  private void awaitCalm() {
    int changes = changesOfOwner(services);
    await()
        .during(CALM)
        .atMost(CALM.multipliedBy(5))
        .untilAsserted(() -> assertThat(changesOfOwner(services)).isEqualTo(changes));
  }

  private static void drain(Consumer.DrainingControl<Done> control) throws Exception {
    control.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);
  }

  @Test
  void aProcessorThatComesToUsGetsItsShareAndWeGoOnFromItsCheckpointsWhenItHasLeft()
      throws Exception {
    Consumer.DrainingControl<Done> ours = node().consume(processed);
    sendAndAwaitOnce(100);
    assertThat(running(ours)).hasSize(PARTITIONS);

    OfficialProcessor processor = processor();
    services.sendToEach(100);
    sent += 100;
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(loads(services)).containsEntry(processor.ownerId(), 4L));
    await().atMost(PATIENCE).until(() -> running(ours).size() == 4);
    sendAndAwait(100);
    awaitCalm();
    sendAndAwaitOnce(100);
    // What it took, and nothing else, has changed its owner.
    assertThat(changesOfOwner(services)).isEqualTo(PARTITIONS + 4);

    processor.close();
    await().atMost(PATIENCE).until(() -> running(ours).size() == PARTITIONS);
    sendAndAwaitOnce(100);
    drain(ours);
    assertThat(services.owners().values()).containsOnly("");
  }

  @Test
  void whenWeComeToAProcessorWeGetOurShareAndItGoesOnFromOurCheckpointsWhenWeHaveLeft()
      throws Exception {
    OfficialProcessor processor = processor();
    await()
        .atMost(PATIENCE)
        .until(() -> loads(services).equals(Map.of(processor.ownerId(), (long) PARTITIONS)));
    sendAndAwait(100);

    Consumer.DrainingControl<Done> first = node().consume(processed);
    Consumer.DrainingControl<Done> second = node().consume(processed);
    services.sendToEach(100);
    sent += 100;
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(loads(services).values()).containsExactlyInAnyOrder(3L, 3L, 2L));
    await().atMost(PATIENCE).until(() -> running(first).size() + running(second).size() >= 5);
    sendAndAwait(100);
    awaitCalm();
    sendAndAwaitOnce(100);
    assertThat(changesOfOwner(services)).as("moves").isLessThanOrEqualTo(PARTITIONS + 12);

    drain(first);
    drain(second);
    await()
        .atMost(PATIENCE)
        .until(() -> loads(services).equals(Map.of(processor.ownerId(), (long) PARTITIONS)));
    sendAndAwaitOnce(100);
  }

  @Test
  void aClusterKeepsWhatAProcessorLeavesItAndTakesAllWhenTheProcessorHasLeft() throws Exception {
    ClusterNode node = ClusterNode.first();
    running.push(node);
    BalancedNode likeSettings = node();
    Consumer.DrainingControl<Done> ours =
        Consumer.committableSource(
                services
                    .consumerSettings(node.system())
                    .withOwnership(likeSettings.settings().ownership()),
                Subscriptions.clusterSharded())
            .map(
                event -> {
                  processed.add(
                      event.partition().partitionId() + "/" + event.event().getBodyAsString());
                  return event.committableOffset();
                })
            .toMat(
                Committer.sink(
                    CommitterSettings.create(node.system())
                        .withMaxInterval(Duration.ofMillis(200))),
                Consumer::createDrainingControl)
            .run(node.system());
    sendAndAwaitOnce(100);

    OfficialProcessor processor = processor();
    services.sendToEach(100);
    sent += 100;
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(loads(services)).containsEntry(processor.ownerId(), 4L));
    sendAndAwait(100);
    awaitCalm();
    sendAndAwaitOnce(100);
    assertThat(changesOfOwner(services)).isEqualTo(PARTITIONS + 4);

    processor.close();
    await().atMost(PATIENCE).until(() -> running(ours).size() == PARTITIONS);
    sendAndAwaitOnce(100);
    drain(ours);
  }
}
