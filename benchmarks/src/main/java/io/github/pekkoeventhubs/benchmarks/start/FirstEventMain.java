// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.start;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.io.IOException;
import java.io.PrintStream;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;

/** A consumer that reports its first event, and is then killed. */
final class FirstEventMain {

  static final String FIRST_EVENT = "first event";

  private static final AtomicBoolean SEEN = new AtomicBoolean();
  private static final PrintStream OUT = new PrintStream(System.out, true, UTF_8);

  private FirstEventMain() {}

  /** Arguments: the kind, the connection strings, the event hub, the group and the container. */
  public static void main(String[] arguments) throws IOException {
    String eventHubs = arguments[1];
    String eventHub = arguments[3];
    String consumerGroup = arguments[4];
    BlobContainerAsyncClient container =
        new BlobServiceClientBuilder()
            .connectionString(arguments[2])
            .httpClient(new JdkHttpClientBuilder().build())
            .buildAsyncClient()
            .getBlobContainerAsyncClient(arguments[5]);
    StartKind kind = StartKind.valueOf(arguments[0]);
    if (kind == StartKind.PROCESSOR) {
      startProcessor(eventHubs, eventHub, consumerGroup, container);
    } else {
      startConnector(kind, eventHubs, eventHub, consumerGroup, container);
    }
    while (System.in.read() >= 0) {
      // Until the parent process ends this one, or itself.
    }
    Runtime.getRuntime().halt(0);
  }

  private static void seen() {
    if (SEEN.compareAndSet(false, true)) {
      OUT.println(FIRST_EVENT);
    }
  }

  private static void startProcessor(
      String eventHubs, String eventHub, String consumerGroup, BlobContainerAsyncClient container) {
    new EventProcessorClientBuilder()
        .connectionString(eventHubs, eventHub)
        .consumerGroup(consumerGroup)
        .checkpointStore(new BlobCheckpointStore(container))
        .initialPartitionEventPosition(partition -> EventPosition.earliest())
        .processEvent(context -> seen())
        .processError(context -> {})
        .buildEventProcessorClient()
        .start();
  }

  private static void startConnector(
      StartKind kind,
      String eventHubs,
      String eventHub,
      String consumerGroup,
      BlobContainerAsyncClient container) {
    boolean cluster = kind == StartKind.SHARDED;
    ActorSystem system =
        cluster
            ? ActorSystem.create("start", ConfigFactory.load("cluster-node"))
            : ActorSystem.create("start");
    if (cluster) {
      Cluster.get(system).join(Cluster.get(system).selfAddress());
    }
    Subscription subscription = cluster ? Subscriptions.clusterSharded() : Subscriptions.balanced();
    Consumer.committableSource(
            ConsumerSettings.create(system)
                .withConnectionString(eventHubs)
                .withEventHubName(eventHub)
                .withConsumerGroup(consumerGroup)
                .withInitialPosition(EventPosition.earliest())
                .withPartitionStore(BlobPartitionStore.create(container)),
            subscription)
        .map(
            event -> {
              seen();
              return event;
            })
        .map(CommittableEvent::committableOffset)
        .runWith(Committer.sink(CommitterSettings.create(system)), system);
  }
}
