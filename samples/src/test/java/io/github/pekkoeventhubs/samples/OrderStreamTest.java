// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.javadsl.Consumer.DrainingControl;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.Test;

/** The README's stream ends its node after a failure. */
class OrderStreamTest {

  @Test
  void aNodeWhoseStreamHasFailedEnds() {
    try (EventHubsEmulator eventHubs = EventHubsEmulator.builder().eventHub("orders", 1).start();
        BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start()) {
      Config mistyped =
          ConfigFactory.parseMap(
              Map.of(
                  "pekko.eventhubs.consumer.connection-string", eventHubs.connectionString(),
                  "pekko.eventhubs.consumer.event-hub-name", "oders",
                  "pekko.eventhubs.consumer.consumer-group", "$Default",
                  "pekko.eventhubs.partition-store.blob.connection-string",
                      blobs.connectionString(),
                  "pekko.eventhubs.partition-store.blob.container", "checkpoints"));
      ActorSystem<Void> system =
          ActorSystem.create(
              Behaviors.ignore(),
              "orders",
              ConfigFactory.load(
                  mistyped.withFallback(ConfigFactory.parseResources("order-stream.conf"))));
      Cluster cluster = Cluster.get(system);
      cluster.manager().tell(Join.create(cluster.selfMember().address()));

      DrainingControl<Done> control =
          OrderStream.run(system, event -> CompletableFuture.completedFuture(Done.getInstance()));

      SampleServices.join(system.getWhenTerminated());
      assertThat(control.streamCompletion().toCompletableFuture())
          .failsWithin(java.time.Duration.ZERO)
          .withThrowableThat()
          .withCauseInstanceOf(EventHubNotFoundException.class);
    }
  }
}
