// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import static io.github.pekkoeventhubs.tests.balanced.BalancedNode.running;
import static io.github.pekkoeventhubs.tests.balanced.GroupHistory.changesOfOwner;
import static io.github.pekkoeventhubs.tests.balanced.GroupHistory.loads;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.OfficialProcessor;
import java.time.Duration;
import java.util.Map;
import org.apache.pekko.Done;
import org.junit.jupiter.api.Test;

/** A cluster whose sharding places partitions, in a consumer group with others. */
class ClusterNeighbourTest extends MixedGroup {

  private Consumer.DrainingControl<Done> consumeInCluster() {
    ClusterNode node = ClusterNode.first();
    members.push(node);
    return Consumer.committableSource(
            services
                .consumerSettings(node.system())
                .withOwnership(BalancedNode.SLOW_EXPIRY)
                .withHandoverTimeout(Duration.ofSeconds(2)),
            Subscriptions.clusterSharded())
        .map(
            event -> {
              processed.add(
                  event.partition().partitionId() + "/" + event.event().getBodyAsString());
              return event.committableOffset();
            })
        .toMat(
            Committer.sink(
                CommitterSettings.create(node.system()).withMaxInterval(Duration.ofMillis(200))),
            Consumer::createDrainingControl)
        .run(node.system());
  }

  @Test
  void aClusterKeepsWhatAProcessorLeavesItAndTakesAllWhenTheProcessorHasLeft() throws Exception {
    Consumer.DrainingControl<Done> ours = consumeInCluster();
    sendAndAwaitOnce(100);

    OfficialProcessor processor = processor();
    send(100);
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(loads(services)).containsEntry(processor.ownerId(), 4L));
    sendAndAwait(100);
    awaitCalm();
    sendAndAwaitOnce(100);
    assertThat(changesOfOwner(services)).isBetween(PARTITIONS + 4, PARTITIONS + 6);

    processor.close();
    await().atMost(PATIENCE).until(() -> running(ours).size() == PARTITIONS);
    sendAndAwaitOnce(100);
    drain(ours);
  }

  @Test
  void aClusterThatComesLaterWaitsUntilTheProcessorHasLeft() throws Exception {
    OfficialProcessor processor = processor();
    await()
        .atMost(PATIENCE)
        .until(() -> loads(services).equals(Map.of(processor.ownerId(), (long) PARTITIONS)));
    Consumer.DrainingControl<Done> ours = consumeInCluster();
    sendAndAwait(100);
    awaitCalm();
    sendAndAwaitOnce(100);
    assertThat(running(ours)).isEmpty();

    processor.close();
    await().atMost(PATIENCE).until(() -> running(ours).size() == PARTITIONS);
    sendAndAwaitOnce(100);
    drain(ours);
  }

  /** A cluster does not answer requests, so that this is the deadline at work. */
  @Test
  void aBalancedProcessTakesItsShareFromAClusterAfterTheDeadline() throws Exception {
    Consumer.DrainingControl<Done> cluster = consumeInCluster();
    sendAndAwaitOnce(100);
    assertThat(running(cluster)).hasSize(PARTITIONS);

    BalancedNode node = node();
    Consumer.DrainingControl<Done> alone =
        node.consume(
            processed,
            node.settings()
                .withHandoverTimeout(Duration.ofSeconds(2))
                .withBalanced(
                    new BalancedSettings(
                        Duration.ofMillis(400),
                        Duration.ofMillis(100),
                        Duration.ofSeconds(3),
                        Duration.ofSeconds(1))));
    await()
        .atMost(PATIENCE)
        .until(() -> running(alone).size() == 4 && running(cluster).size() == 4);
    sendAndAwait(100);
    awaitCalm();
    sendAndAwaitOnce(100);
    assertThat(changesOfOwner(services)).isBetween(PARTITIONS + 4, PARTITIONS + 6);

    drain(alone);
    await().atMost(PATIENCE).until(() -> running(cluster).size() == PARTITIONS);
    sendAndAwaitOnce(100);
    drain(cluster);
  }
}
