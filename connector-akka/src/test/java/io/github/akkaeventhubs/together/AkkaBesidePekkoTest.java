// SPDX-License-Identifier: Apache-2.0
package io.github.akkaeventhubs.together;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.akkaeventhubs.tests.EmbeddedServices;
import io.github.akkaeventhubs.tests.RecordingStream;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An application that moves from Akka to Pekko, one process after the other. */
class AkkaBesidePekkoTest {

  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final akka.actor.ActorSystem akkaSystem =
      akka.actor.ActorSystem.create("Akka", ConfigFactory.load());
  private final org.apache.pekko.actor.ActorSystem pekkoSystem =
      org.apache.pekko.actor.ActorSystem.create("Pekko", ConfigFactory.load());
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() throws Exception {
    akkaSystem.terminate();
    pekkoSystem.terminate();
    akkaSystem.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    pekkoSystem.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    services.close();
  }

  private io.github.akkaeventhubs.javadsl.Consumer.DrainingControl<akka.Done> consumeWithAkka() {
    return DocumentedAkkaStream.run(
        akka.actor.typed.javadsl.Adapter.toTyped(akkaSystem),
        services.consumerSettings(akkaSystem),
        order -> {
          processed.add(order.partition().partitionId() + "/" + order.event().getBodyAsString());
          return CompletableFuture.completedFuture(akka.Done.getInstance());
        });
  }

  private Consumer.DrainingControl<org.apache.pekko.Done> consumeWithPekko() {
    ConsumerSettings settings =
        ConsumerSettings.create(pekkoSystem)
            .withConnectionString(services.eventHubs().connectionString())
            .withEventHubName(EmbeddedServices.EVENT_HUB)
            .withConsumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .withPartitionStore(
                BlobPartitionStore.create(services.container(EmbeddedServices.CONTAINER)))
            .withInitialPosition(EventPosition.earliest());
    return Consumer.committableSource(settings, Subscriptions.balanced())
        .map(
            event -> {
              processed.add(
                  event.partition().partitionId() + "/" + event.event().getBodyAsString());
              return event.committableOffset();
            })
        .toMat(
            Committer.sink(CommitterSettings.create(pekkoSystem)), Consumer::createDrainingControl)
        .run(pekkoSystem);
  }

  private void send(int eventsPerPartition, int processedOfEach) {
    services.sendToEach(eventsPerPartition);
    await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * processedOfEach);
  }

  @Test
  void partitionsMoveFromAkkaToPekkoWithoutLossOrRepetition() throws Exception {
    var old = consumeWithAkka();
    send(100, 100);
    assertThat(RecordingStream.running(old)).isEqualTo(PARTITIONS);

    var successor = consumeWithPekko();
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                successor.status().partitions().size() == PARTITIONS / 2
                    && RecordingStream.running(old) == PARTITIONS / 2);
    send(100, 200);
    old.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    send(100, 300);
    successor.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);

    assertThat(processed).hasSize(PARTITIONS * 300).doesNotHaveDuplicates();
    assertThat(services.checkpoints().values()).containsOnly(299L);
    assertThat(services.owners().values()).containsOnly("");
  }
}
