// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ClusterShardedConsumerTest {

  private static final int PARTITIONS = 4;

  private EmbeddedServices services;
  private ClusterNode node;

  @BeforeEach
  void start() {
    services = new EmbeddedServices(PARTITIONS);
    node = ClusterNode.first();
  }

  @AfterEach
  void stop() {
    node.close();
    services.close();
  }

  private Consumer.DrainingControl<Done> consume(Queue<String> processed) {
    ConsumerSettings settings = services.consumerSettings(node.system());
    return Consumer.committableSource(settings, Subscriptions.clusterSharded())
        .mapAsync(
            4,
            event -> {
              processed.add(name(event));
              return CompletableFuture.completedFuture(event.committableOffset());
            })
        .toMat(
            Committer.sink(CommitterSettings.create(node.system())),
            Consumer::createDrainingControl)
        .run(node.system());
  }

  private static String name(CommittableEvent event) {
    return event.partition().partitionId() + "/" + event.event().getBodyAsString();
  }

  @Test
  void everyEventIsProcessedOnceAndCommittedAndAllIsReleasedAfterADrain() throws Exception {
    services.sendToEach(1000);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control = consume(processed);

    await().atMost(Duration.ofSeconds(30)).until(() -> processed.size() >= 4 * 1000);
    assertThat(control.status().partitions().values())
        .allSatisfy(
            status -> {
              assertThat(status.state()).isEqualTo(OwnerState.RUNNING);
              assertThat(status.ownerId()).isNotEmpty();
            });
    control.drainAndShutdown().toCompletableFuture().get(30, TimeUnit.SECONDS);

    assertThat(processed).hasSize(4000).doesNotHaveDuplicates();
    assertThat(services.checkpoints())
        .isEqualTo(Map.of("0", 999L, "1", 999L, "2", 999L, "3", 999L));
    assertThat(services.owners().values()).containsOnly("");

    services.sendToEach(10);
    Queue<String> after = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> second = consume(after);
    await().atMost(Duration.ofSeconds(30)).until(() -> after.size() >= 40);
    second.drainAndShutdown().toCompletableFuture().get(30, TimeUnit.SECONDS);
    assertThat(after).hasSize(40).doesNotHaveDuplicates();
    assertThat(after).contains("0/1000", "3/1009").doesNotContain("0/999");
  }

  @Test
  void lostConnectionsAndDetachedLinksLoseAndRepeatNothing() throws Exception {
    services.sendToEach(2000);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control = consume(processed);
    await().atMost(Duration.ofSeconds(30)).until(() -> processed.size() >= 100);
    services.eventHubs().faults().dropConnections();
    services.sendToEach(500);
    await().atMost(Duration.ofSeconds(30)).until(() -> processed.size() >= 4 * 2500);
    services.eventHubs().faults().detachReceivers(EmbeddedServices.EVENT_HUB, "1");
    services.eventHubs().faults().closeConnections("amqp:connection:forced");
    services.sendToEach(500);
    await().atMost(Duration.ofSeconds(30)).until(() -> processed.size() >= 4 * 3000);
    control.drainAndShutdown().toCompletableFuture().get(30, TimeUnit.SECONDS);

    assertThat(processed).hasSize(4 * 3000).doesNotHaveDuplicates();
    for (String partition : List.of("0", "1", "2", "3")) {
      assertThat(processed.stream().filter(name -> name.startsWith(partition + "/")))
          .isSortedAccordingTo(
              java.util.Comparator.comparingInt(name -> Integer.parseInt(name.substring(2))));
    }
  }
}
