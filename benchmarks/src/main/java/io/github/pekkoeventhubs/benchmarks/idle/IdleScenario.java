// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.idle;

import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;

/**
 * Blob requests of a consumer that owns 32 partitions in which nothing happens, with all defaults.
 * The three are watched at the same time, each with a blob service of its own, since they take
 * minutes and need hardly any processor time.
 */
public final class IdleScenario implements Scenario {

  private static final String EVENT_HUB = "idle";
  private static final int PARTITIONS = 32;

  /** In which what belongs to the start comes to an end. */
  private static final int SETTLING_SECONDS = 20;

  /** Two of the longest intervals between renewals. */
  private static final int SECONDS = 120;

  private static final long PATIENCE_SECONDS = 30;

  @Override
  public String name() {
    return "idle";
  }

  @Override
  public String description() {
    return "blob requests while nothing happens, 32 partitions";
  }

  @Override
  public boolean isForQuickRuns() {
    return false;
  }

  @Override
  public boolean mostlyWaits() {
    return true;
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    try (ServicesProcess forSharded = services(environment, "sharded");
        ServicesProcess forBalanced = services(environment, "balanced");
        ServicesProcess forProcessor = services(environment, "processor")) {
      ActorSystem node = ActorSystem.create("idle", ConfigFactory.load("cluster-node"));
      Cluster.get(node).join(Cluster.get(node).selfAddress());
      Consumer.DrainingControl<Done> sharded =
          consume(node, forSharded, Subscriptions.clusterSharded());
      Consumer.DrainingControl<Done> balanced =
          consume(environment.system(), forBalanced, Subscriptions.balanced());
      EventProcessorClient processor = process(forProcessor);
      try {
        List<ServicesProcess> all = List.of(forSharded, forBalanced, forProcessor);
        for (ServicesProcess services : all) {
          services.awaitReceivers(PARTITIONS);
        }
        TimeUnit.SECONDS.sleep(SETTLING_SECONDS);
        long[] before = all.stream().mapToLong(ServicesProcess::blobRequests).toArray();
        TimeUnit.SECONDS.sleep(SECONDS);
        double[] perPartitionHour = new double[before.length];
        for (int i = 0; i < before.length; i++) {
          perPartitionHour[i] =
              (all.get(i).blobRequests() - before[i]) * 3600.0 / SECONDS / PARTITIONS;
        }
        return figures(perPartitionHour[0], perPartitionHour[1], perPartitionHour[2]);
      } finally {
        processor.stop();
        balanced.drainAndShutdown().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        sharded.drainAndShutdown().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        node.terminate();
      }
    }
  }

  private List<Figure> figures(double sharded, double balanced, double processor) {
    String suffix = ".requests-per-partition-hour";
    return List.of(
        Figure.of(name() + ".sharded" + suffix, sharded, "requests", Goal.none()),
        Figure.of(name() + ".balanced" + suffix, balanced, "requests", Goal.none()),
        Figure.of(name() + ".processor" + suffix, processor, "requests", Goal.none()),
        Figure.of(
            name() + ".sharded" + suffix + ".vs-processor",
            sharded / processor,
            "ratio",
            Goal.atMost(0.5)),
        Figure.of(
            name() + ".balanced" + suffix + ".vs-processor",
            balanced / processor,
            "ratio",
            Goal.atMost(0.5)));
  }

  private static ServicesProcess services(Environment environment, String name) throws IOException {
    Path folder = environment.folder().resolve("idle-" + name);
    Files.createDirectories(folder);
    ServicesProcess services = ServicesProcess.start(folder);
    services.createEventHub(EVENT_HUB, PARTITIONS);
    return services;
  }

  private static Consumer.DrainingControl<Done> consume(
      ActorSystem system, ServicesProcess services, Subscription subscription) {
    return Consumer.committableSource(
            ConsumerSettings.create(system)
                .withConnectionString(services.eventHubs())
                .withEventHubName(EVENT_HUB)
                .withConsumerGroup(ServicesProcess.CONSUMER_GROUP)
                .withInitialPosition(EventPosition.earliest())
                .withPartitionStore(BlobPartitionStore.create(services.newContainer())),
            subscription)
        .map(CommittableEvent::committableOffset)
        .toMat(Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
        .run(system);
  }

  private static EventProcessorClient process(ServicesProcess services) {
    EventProcessorClient processor =
        new EventProcessorClientBuilder()
            .connectionString(services.eventHubs(), EVENT_HUB)
            .consumerGroup(ServicesProcess.CONSUMER_GROUP)
            .checkpointStore(new BlobCheckpointStore(services.newContainer()))
            .initialPartitionEventPosition(partition -> EventPosition.earliest())
            .processEvent(context -> {})
            .processError(context -> {})
            .buildEventProcessorClient();
    processor.start();
    return processor;
  }
}
