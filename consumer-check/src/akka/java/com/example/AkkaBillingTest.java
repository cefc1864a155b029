// SPDX-License-Identifier: Apache-2.0
package com.example;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Source;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.akkaeventhubs.BlobPartitionStore;
import io.github.akkaeventhubs.CommitterSettings;
import io.github.akkaeventhubs.ConsumerSettings;
import io.github.akkaeventhubs.Subscriptions;
import io.github.akkaeventhubs.javadsl.Committer;
import io.github.akkaeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The first test of a user on Akka, with the versions that Akka's and our POMs resolve to. */
class AkkaBillingTest {

  @Test
  void commitsEveryOrder() throws Exception {
    var system = ActorSystem.create("billing");
    try (var eventHubs = EventHubsEmulator.builder().eventHub("orders", 1).start();
        var blobs = BlobEmulator.builder().container("checkpoints").start()) {
      eventHubs.send("orders", "0", new EventData("first"), new EventData("second"));
      var container =
          new BlobServiceClientBuilder()
              .connectionString(blobs.connectionString())
              .httpClient(BlobPartitionStore.httpClient())
              .buildAsyncClient()
              .getBlobContainerAsyncClient("checkpoints");
      var billed = new LinkedBlockingQueue<String>();
      var control =
          Consumer.sourceWithOffsetContext(
                  ConsumerSettings.create(system)
                      .withConnectionString(eventHubs.connectionString())
                      .withEventHubName("orders")
                      .withPartitionStore(BlobPartitionStore.create(container))
                      .withInitialPosition(EventPosition.earliest()),
                  Subscriptions.balanced())
              .map(event -> billed.add(event.getData().getBodyAsString()))
              .toMat(
                  Committer.sinkWithOffsetContext(CommitterSettings.create(system)),
                  Consumer::createDrainingControl)
              .run(system);
      var orders = new ArrayList<String>();
      for (int i = 0; i < 2; i++) {
        orders.add(billed.poll(30, TimeUnit.SECONDS));
      }
      control.drainAndShutdown().toCompletableFuture().get(30, TimeUnit.SECONDS);
      assertThat(orders).isEqualTo(List.of("first", "second"));
      assertThat(
              blobs.blobs("checkpoints").stream()
                  .filter(blob -> blob.name().contains("/checkpoint/"))
                  .map(blob -> blob.metadata().get("sequencenumber")))
          .containsExactly("1");
    } finally {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void runsOnTheVersionsThatThisLegIsNamedAfter() {
    assertThat(jarOf(Source.class)).isEqualTo("akka-stream_2.13-2.6.21.jar");
    assertThat(jarOf(ConsumerSettings.class)).startsWith("akka-eventhubs-");
    assertThat(Runtime.version().feature())
        .isEqualTo(Integer.parseInt(System.getProperty("expected.java")));
  }

  private static String jarOf(Class<?> type) {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().getPath())
        .getFileName()
        .toString();
  }
}
