// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.commit;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.services.OfficialCheckpoints;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * How many requests the blob service sees for each checkpoint that it stores, by its own count,
 * once a stream is running.
 */
public final class RequestsPerCheckpointScenario implements Scenario {

  private static final String EVENT_HUB = "commits";
  private static final int PARTITIONS = 4;
  private static final int EVENTS_PER_PARTITION = 10_000;
  private static final int EVENTS_PER_CHECKPOINT = 100;
  private static final int OFFICIAL_CHECKPOINTS = 100;
  private static final long PATIENCE_SECONDS = 60;

  @Override
  public String name() {
    return "commit.requests-per-checkpoint";
  }

  @Override
  public String description() {
    return "blob requests for each checkpoint, by the service's count";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    ServicesProcess services = environment.services();
    services.createEventHub(EVENT_HUB, PARTITIONS);
    try {
      services.fill(EVENT_HUB, EVENTS_PER_PARTITION, 100);
      return List.of(
          Figure.of(name(), ofConnector(environment), "requests", Goal.atMost(1.0)),
          Figure.of(name() + ".official", ofOfficialStore(services), "requests", Goal.none()));
    } finally {
      services.deleteEventHub(EVENT_HUB);
    }
  }

  private static double ofConnector(Environment environment) throws Exception {
    ServicesProcess services = environment.services();
    services.stall(EVENT_HUB);
    CountDownLatch left = new CountDownLatch(PARTITIONS * EVENTS_PER_PARTITION);
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(
                ConsumerSettings.create(environment.system())
                    .withConnectionString(services.eventHubs())
                    .withEventHubName(EVENT_HUB)
                    .withConsumerGroup(ServicesProcess.CONSUMER_GROUP)
                    .withInitialPosition(EventPosition.earliest())
                    .withPartitionStore(BlobPartitionStore.create(services.newContainer())),
                Subscriptions.partitions("0", "1", "2", "3"))
            .map(CommittableEvent::committableOffset)
            .via(
                Committer.<CommittableOffset>batchFlow(
                    CommitterSettings.create(environment.system())
                        .withMaxBatch(EVENTS_PER_CHECKPOINT)))
            .map(
                batch -> {
                  for (long i = batch.batchSize(); i > 0; i--) {
                    left.countDown();
                  }
                  return batch;
                })
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(environment.system());
    services.awaitReceivers(PARTITIONS);
    long requests = services.blobRequests();
    long writes = services.blobWrites();
    services.resume();
    if (!left.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IncorrectResultException(left.getCount() + " events were not committed in time");
    }
    double result =
        (double) (services.blobRequests() - requests) / (services.blobWrites() - writes);
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    return result;
  }

  private static double ofOfficialStore(ServicesProcess services) {
    long before = services.blobRequests();
    OfficialCheckpoints.store(services, EVENT_HUB, OFFICIAL_CHECKPOINTS);
    return (double) (services.blobRequests() - before) / OFFICIAL_CHECKPOINTS;
  }
}
