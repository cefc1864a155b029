// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Partitions that move between the nodes of a cluster in one JVM. */
class ClusterHandOverTest {

  private static final int PARTITIONS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private EmbeddedServices services;
  private ClusterNode first;
  private ClusterNode second;

  @BeforeEach
  void start() {
    services = new EmbeddedServices(PARTITIONS);
    first = ClusterNode.first();
    second = ClusterNode.joining(first);
  }

  @AfterEach
  void stop() {
    second.close();
    first.close();
    services.close();
  }

  private Consumer.DrainingControl<Done> consume(ClusterNode node, Queue<String> processed) {
    return RecordingStream.run(
        node.system(),
        services.consumerSettings(node.system()),
        Subscriptions.clusterSharded(),
        processed);
  }

  @Test
  void partitionsAreSharedWithANodeThatJoinsAndReturnWhenItsStreamStopsWithoutRepetition()
      throws Exception {
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> one = consume(first, processed);
    services.sendToEach(500);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 500);
    assertThat(RecordingStream.running(one)).isEqualTo(PARTITIONS);

    Consumer.DrainingControl<Done> two = consume(second, processed);
    await()
        .atMost(PATIENCE)
        .until(() -> RecordingStream.running(one) == 4 && RecordingStream.running(two) == 4);
    // Without those that have moved.
    await().atMost(PATIENCE).until(() -> one.status().partitions().size() == 4);
    services.sendToEach(500);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 1000);

    two.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    await().atMost(PATIENCE).until(() -> RecordingStream.running(one) == PARTITIONS);
    services.sendToEach(100);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 1100);
    one.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(processed).hasSize(PARTITIONS * 1100).doesNotHaveDuplicates();
    assertThat(services.owners().values()).containsOnly("");
  }

  @Test
  void aNodeThatLeavesHandsItsPartitionsOverWithoutRepetitionAlsoWhenItIsTheOldest()
      throws Exception {
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> one = consume(first, processed);
    Consumer.DrainingControl<Done> two = consume(second, processed);
    await()
        .atMost(PATIENCE)
        .until(() -> RecordingStream.running(one) == 4 && RecordingStream.running(two) == 4);
    services.sendToEach(300);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 100);

    first.leave();
    services.sendToEach(300);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 600);
    two.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(processed).hasSize(PARTITIONS * 600).doesNotHaveDuplicates();
    assertThat(one.isShutdown().toCompletableFuture()).isDone();
  }

  @Test
  void aStreamOnTheYoungerNodeAloneGetsAllPartitions() throws Exception {
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> two = consume(second, processed);
    services.sendToEach(10);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 10);
    two.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(processed).doesNotHaveDuplicates();
  }
}
