// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static org.awaitility.Awaitility.await;

import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.blob.models.BlobItem;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.javadsl.SendProducer;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Both services in this process, three nodes of the quickstart in others, and a producer of the
 * connector here, which sends at a steady pace.
 */
final class ScrapedNodes implements AutoCloseable {

  static final String HUB = "orders";

  private static final String CONTAINER = "checkpoints";
  private static final String SLOW_GROUP = "reports";

  private static final int NODES = 3;
  private static final int PARTITIONS = 2 * NODES;
  private static final int EVENTS_PER_TICK = 30;

  /**
   * The end of each partition is asked for often, so that lag is seen soon, and claims are renewed
   * often, so that a loss is. A pause of a busy machine is no crash.
   */
  private static final List<String> OPTIONS =
      List.of(
          "-Dpekko.eventhubs.consumer.stall-check=2s",
          "-Dpekko.eventhubs.consumer.ownership.renewal-interval=1s",
          "-Dpekko.eventhubs.consumer.ownership.loss-min-hold=100ms",
          "-Dpekko.eventhubs.consumer.ownership.loss-max-hold=500ms",
          "-Dpekko.cluster.failure-detector.acceptable-heartbeat-pause=10s");

  private static final Duration TICK = Duration.ofMillis(100);

  private final EventHubsEmulator eventHubs =
      EventHubsEmulator.builder()
          .eventHub(HUB, PARTITIONS)
          .consumerGroup("billing")
          .consumerGroup(SLOW_GROUP)
          .start();
  private final BlobEmulator blobs = BlobEmulator.builder().container(CONTAINER).start();
  private final Ledger ledger = new Ledger("scraped");
  private final QuickstartNodes nodes;
  private final ActorSystem<Void> system;
  private final MetricsEndpoint metrics;
  private final SendProducer producer;
  private final Cancellable sending;
  private int next;

  private ScrapedNodes() {
    Connections connections =
        new Connections(
            eventHubs.connectionString(), blobs.connectionString(), HUB, "billing", CONTAINER);
    nodes = new QuickstartNodes(NODES, connections, ledger, OPTIONS);
    Map<String, String> settings = new HashMap<>(connections.toConfiguration());
    settings.put("pekko.eventhubs.producer.connection-string", eventHubs.connectionString());
    settings.put("pekko.eventhubs.producer.event-hub-name", HUB);
    system = QuickstartSystem.start(settings);
    metrics = new MetricsEndpoint(system);
    producer = SendProducer.create(ProducerSettings.create(system), system);
    sending =
        system.scheduler().scheduleAtFixedRate(TICK, TICK, this::send, system.executionContext());
  }

  static ScrapedNodes start() {
    ScrapedNodes started = new ScrapedNodes();
    try {
      await().atMost(Duration.ofMinutes(3)).until(started.nodes::allHavePartitions);
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  /** Sends that fail are what the test wants to see in the meters. */
  private synchronized void send() {
    for (int i = 0; i < EVENTS_PER_TICK; i++) {
      var unused = producer.send(Order.event(ledger.run(), next++));
    }
  }

  EventHubsEmulator eventHubs() {
    return eventHubs;
  }

  BlobEmulator blobs() {
    return blobs;
  }

  /** The file of the quickstart with the producer, too, and with the alert rules. */
  Path configuration(Path folder) {
    Map<String, Integer> ports = new TreeMap<>(nodes.metricsPorts());
    ports.put("producer", metrics.port());
    Path file = PrometheusFile.write(folder, ports).path();
    try {
      Path rules =
          Files.writeString(folder.resolve("alerts.yml"), OperationsFiles.alertsWithinSeconds());
      Files.writeString(file, Files.readString(file) + "rule_files: [\"" + rules + "\"]\n");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file;
  }

  /** What the quickstart prints on how to scrape and to inspect these nodes. */
  List<String> instructions(Path folder) {
    return PrometheusFile.instructions(nodes.metricsPorts(), folder);
  }

  /** Runs a stream that finds no such consumer group. */
  void failAStream() {
    var unused =
        Consumer.plainSource(
                ConsumerSettings.create(system).withConsumerGroup("audit"),
                Subscriptions.partitions("0"))
            .to(Sink.ignore())
            .run(system);
  }

  /** Runs a stream that takes one event in a second, until it is told to stop. */
  Consumer.Control readSlowly() {
    return Consumer.plainSource(
            ConsumerSettings.create(system).withConsumerGroup(SLOW_GROUP),
            Subscriptions.partitions("0"))
        .throttle(1, Duration.ofSeconds(1))
        .to(Sink.ignore())
        .run(system);
  }

  /** Deletes the records of all claims of the nodes, as somebody does who tidies the container. */
  void deleteTheClaims() {
    BlobContainerClient container =
        new BlobContainerClientBuilder()
            .connectionString(blobs.connectionString())
            .containerName(CONTAINER)
            .buildClient();
    for (BlobItem blob : container.listBlobs()) {
      if (blob.getName().contains("/ownership/")) {
        container.getBlobClient(blob.getName()).deleteIfExists();
      }
    }
  }

  void killTheLast() {
    nodes.node(NODES).kill();
  }

  @Override
  public void close() {
    sending.cancel();
    metrics.close();
    system.terminate();
    system
        .getWhenTerminated()
        .toCompletableFuture()
        .orTimeout(60, TimeUnit.SECONDS)
        .handle((done, failure) -> "over")
        .join();
    nodes.close();
    eventHubs.close();
    blobs.close();
  }
}
