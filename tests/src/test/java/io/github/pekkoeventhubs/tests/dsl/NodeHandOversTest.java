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
import org.apache.pekko.Done;
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
      pekko.eventhubs.cluster-sharding { minimum-hold = 100ms, sharding.rebalance-interval = 200ms }
      """;

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ClusterNode first = ClusterNode.first(QUICK_MOVES);
  private final ClusterNode second = ClusterNode.joining(first, QUICK_MOVES);
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();

  /** The user's own store of positions, which is slow. */
  private final Map<String, Long> stored = new ConcurrentHashMap<>();

  private final Map<String, Long> reached = new ConcurrentHashMap<>();

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
    return streams
        .on(node)
        .map(
            event -> {
              String partition = event.getPartitionContext().getPartitionId();
              processed.add(partition + "/" + event.getData().getBodyAsString());
              reached.put(partition, event.getData().getSequenceNumber());
              return event;
            })
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(node.system());
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

  /** Everything that was emitted has been processed by then, but for what is between two stages. */
  private CompletionStage<Void> store(Set<EventHubPartition> partitions) {
    return CompletableFuture.runAsync(
        () ->
            partitions.forEach(
                partition ->
                    reached.computeIfPresent(
                        partition.partitionId(),
                        (id, last) -> {
                          stored.put(id, last);
                          return last;
                        })),
        CompletableFuture.delayedExecutor(500, TimeUnit.MILLISECONDS));
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
