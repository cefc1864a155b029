// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.dsl;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.RunnableGraph;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sources without a committer, whose partitions move between the nodes of a cluster. */
class NodeHandOversTest {

  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String QUICK_MOVES =
      """
      pekko.eventhubs.cluster-sharding { minimum-hold = 100ms, balance-interval = 200ms }
      """;

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ClusterNode first = ClusterNode.first(QUICK_MOVES);
  private final ClusterNode second = ClusterNode.joining(first, QUICK_MOVES);
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();

  /** The user's own store of positions, which is slow. */
  private final Map<String, Long> stored = new ConcurrentHashMap<>();

  private final Map<String, Long> reached = new ConcurrentHashMap<>();
  private final Queue<Consumer.Control> controls = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    second.close();
    first.close();
    services.close();
  }

  private interface Streams {
    Source<PartitionEvent, Consumer.Control> on(ClusterNode node);
  }

  private Consumer.DrainingControl<Done> run(ClusterNode node, Streams streams) {
    Consumer.DrainingControl<Done> control = process(streams.on(node)).run(node.system());
    controls.add(control);
    return control;
  }

  private RunnableGraph<Consumer.DrainingControl<Done>> process(
      Source<PartitionEvent, Consumer.Control> source) {
    return source
        .map(
            event -> {
              String partition = event.getPartitionContext().getPartitionId();
              processed.add(partition + "/" + event.getData().getBodyAsString());
              reached.put(partition, event.getData().getSequenceNumber());
              return event;
            })
        .toMat(Sink.ignore(), Consumer::createDrainingControl);
  }

  private static long running(Consumer.Control control) {
    return control.status().partitions().values().stream()
        .filter(partition -> partition.state() == OwnerState.RUNNING)
        .count();
  }

  /** Partitions move to the second node while events come, back when it drains, and over again. */
  private void assertThatMovesLoseAndRepeatNothing(Streams streams) {
    services.sendToEach(200);
    Consumer.DrainingControl<Done> one = run(first, streams);
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 100);
    Consumer.DrainingControl<Done> two = run(second, streams);
    services.sendToEach(200);
    Awaitility.await().atMost(PATIENCE).until(() -> running(one) == 2 && running(two) == 2);
    services.sendToEach(200);
    drain(one);
    services.sendToEach(200);
    Awaitility.await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 800);
    drain(two);

    assertThat(processed).doesNotHaveDuplicates().hasSize(PARTITIONS * 800);
  }

  private static void drain(Consumer.DrainingControl<Done> control) {
    assertThat(control.drainAndShutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
  }

  @Test
  void theNextNodeStartsWhereTheLastHasStoredThatItEndedThoughStoringTakesTime() {
    assertThatMovesLoseAndRepeatNothing(
        node ->
            Consumer.plainPartitionedManualOffsetSource(
                    services.consumerSettings(node.system()),
                    Subscriptions.clusterSharded(),
                    this::load,
                    this::store)
                .flatMapMerge(PARTITIONS, partition -> partition.second()));

    assertThat(stored).hasSize(PARTITIONS).containsValue(799L);
  }

  private CompletionStage<Map<EventHubPartition, EventPosition>> load(
      Set<EventHubPartition> partitions) {
    Map<EventHubPartition, EventPosition> positions = new HashMap<>();
    for (EventHubPartition partition : partitions) {
      Long last = stored.get(partition.partitionId());
      if (last != null) {
        positions.put(partition, EventPosition.fromSequenceNumber(last, false));
      }
    }
    return CompletableFuture.completedFuture(positions);
  }

  /** Nothing more is emitted by then, but an event can still be between two stages. */
  private CompletionStage<Void> store(Set<EventHubPartition> partitions) {
    return CompletableFuture.runAsync(
        () ->
            partitions.forEach(
                partition -> {
                  String id = partition.partitionId();
                  Awaitility.await().until(() -> hasReachedWhatWasEmitted(id));
                  reached.computeIfPresent(
                      id,
                      (same, last) -> {
                        stored.put(same, last);
                        return last;
                      });
                }),
        CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS));
  }

  private boolean hasReachedWhatWasEmitted(String partitionId) {
    return controls.stream()
        .flatMap(control -> Stream.ofNullable(control.status().partitions().get(partitionId)))
        .flatMapToLong(partition -> partition.emitted().stream())
        .allMatch(emitted -> reached.getOrDefault(partitionId, -1L) >= emitted);
  }

  @Test
  void atMostOnceNothingCommittedIsLostInAHandOverEither() {
    assertThatMovesLoseAndRepeatNothing(
        node ->
            Consumer.atMostOnceSource(
                services.consumerSettings(node.system()), Subscriptions.clusterSharded()));

    assertThat(services.checkpoints().values()).containsOnly(799L);
  }
}
