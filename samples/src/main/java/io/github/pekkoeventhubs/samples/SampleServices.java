// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import com.azure.messaging.eventhubs.EventData;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.apache.pekko.stream.javadsl.Source;

/**
 * The services for the samples: Event Hubs and Blob Storage embedded in this process, with the
 * event hubs "orders", "invoices" and "dead-letters", and an actor system whose configuration names
 * them. Safe for use by any thread.
 */
final class SampleServices implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final EventHubsEmulator eventHubs =
      EventHubsEmulator.builder()
          .eventHub("orders", 4)
          .consumerGroup("billing")
          .eventHub("invoices", 4)
          .eventHub("dead-letters", 1)
          .start();
  private final BlobEmulator blobs = BlobEmulator.builder().container("checkpoints").start();
  private final ActorSystem<Void> system;
  private final AtomicInteger sent = new AtomicInteger();
  private final Semaphore printed = new Semaphore(0);

  private SampleServices(Config configuration) {
    // The keys that an application takes from its environment.
    Map<String, String> addresses =
        Map.of(
            "pekko.eventhubs.consumer.connection-string", eventHubs.connectionString(),
            "pekko.eventhubs.consumer.event-hub-name", "orders",
            "pekko.eventhubs.consumer.consumer-group", "billing",
            "pekko.eventhubs.consumer.initial-position", "earliest",
            "pekko.eventhubs.producer.connection-string", eventHubs.connectionString(),
            "pekko.eventhubs.partition-store.blob.connection-string", blobs.connectionString(),
            "pekko.eventhubs.partition-store.blob.container", "checkpoints");
    system =
        ActorSystem.create(
            Behaviors.ignore(),
            "samples",
            ConfigFactory.load(ConfigFactory.parseMap(addresses).withFallback(configuration)));
  }

  /** With an actor system that is in no cluster. */
  static SampleServices start() {
    return new SampleServices(ConfigFactory.empty());
  }

  /** With the configuration of the README, and a cluster of this node alone. */
  static SampleServices startCluster() {
    SampleServices services = new SampleServices(ConfigFactory.parseResources("order-stream.conf"));
    // An application names its seed nodes in place of this.
    Cluster cluster = Cluster.get(services.system);
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    return services;
  }

  ActorSystem<Void> system() {
    return system;
  }

  /** For the event hub "orders". */
  ConsumerSettings consumerSettings() {
    return ConsumerSettings.create(system).withPartitionStore(partitionStore());
  }

  /** The store that is configured. */
  PartitionStore partitionStore() {
    return BlobPartitionStore.fromConfig(system);
  }

  /** The blob container of the store. */
  BlobContainerAsyncClient container() {
    return new BlobServiceClientBuilder()
        .connectionString(blobs.connectionString())
        .httpClient(BlobPartitionStore.httpClient())
        .buildAsyncClient()
        .getBlobContainerAsyncClient("checkpoints");
  }

  /** For this event hub. */
  ProducerSettings producerSettings(String eventHub) {
    return ProducerSettings.create(system).withEventHubName(eventHub);
  }

  /**
   * Sends this number of further events, "order 0", "order 1" and so on; returns when they are
   * stored.
   */
  void sendOrders(int count) {
    int first = sent.getAndAdd(count);
    join(
        Source.range(first, first + count - 1)
            .map(number -> new EventData("order " + number))
            .runWith(Producer.plainSink(producerSettings("orders")), system));
  }

  /** Replaces the work of an application with an event: prints a line. */
  CompletionStage<Done> print(String line) {
    System.out.println(line);
    printed.release();
    return done();
  }

  /** Returns a stage that is completed already. */
  CompletionStage<Done> done() {
    return CompletableFuture.completedFuture(Done.getInstance());
  }

  /**
   * Waits until this number of lines has been printed.
   *
   * @throws IllegalStateException if that takes longer than a minute
   */
  void awaitLines(int count) {
    try {
      if (!printed.tryAcquire(count, PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("The sample has not printed " + count + " lines in time");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * Waits for a result.
   *
   * @throws CompletionException if it is a failure, or takes longer than a minute
   */
  static <T> T join(CompletionStage<T> result) {
    return result.toCompletableFuture().orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    system.terminate();
    join(system.getWhenTerminated());
    eventHubs.close();
    blobs.close();
  }
}
