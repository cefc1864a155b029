// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.commit;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.HeldMemory;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Sink;

/**
 * Each event committed by itself, as fast as the store allows, while the store is slow and events
 * are offered at a fixed rate: whether the stream keeps up.
 */
public final class CommitStormScenario implements Scenario {

  private static final String EVENT_HUB = "storm";
  private static final int PARTITIONS = 32;
  private static final int EVENTS_PER_SECOND = 50_000;
  private static final int STORE_MILLIS = 20;
  private static final int WARM_UP_SECONDS = 2;
  private static final int KEPT_EVENTS = 50_000;
  private static final long PATIENCE_SECONDS = 60;
  private static final double MEGABYTE = 1024 * 1024;

  @Override
  public String name() {
    return "commit.storm";
  }

  @Override
  public String description() {
    return "every event committed, 32 partitions, a store that takes 20 ms, 50,000 events/s";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    ServicesProcess services = environment.services();
    int seconds = environment.quick() ? 4 : 10;
    services.createEventHub(EVENT_HUB, PARTITIONS);
    services.retain(EVENT_HUB, KEPT_EVENTS);
    services.delayBlobs(STORE_MILLIS);
    try {
      HeldMemory before = HeldMemory.now();
      LongAdder committed = new LongAdder();
      Consumer.DrainingControl<Done> control = consume(environment, committed);
      services.awaitReceivers(PARTITIONS);
      services.feed(EVENT_HUB, EVENTS_PER_SECOND, WARM_UP_SECONDS + seconds + 2);
      TimeUnit.SECONDS.sleep(WARM_UP_SECONDS);
      long committedBefore = committed.sum();
      long offeredBefore = services.events(EVENT_HUB);
      TimeUnit.SECONDS.sleep(seconds);
      long kept = committed.sum() - committedBefore;
      long offered = services.events(EVENT_HUB) - offeredBefore;
      double held = HeldMemory.now().above(before) / MEGABYTE;
      control.drainAndShutdown().toCompletableFuture().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
      return List.of(
          Figure.of(name() + ".rate-kept", (double) kept / offered, "ratio", Goal.atLeast(0.99)),
          Figure.of(name() + ".offered", offered / (double) seconds, "events/s", Goal.none()),
          Figure.of(name() + ".memory-held", held, "MiB", Goal.atMost(64)));
    } finally {
      services.delayBlobs(0);
      services.deleteEventHub(EVENT_HUB);
    }
  }

  private static Consumer.DrainingControl<Done> consume(
      Environment environment, LongAdder committed) {
    ServicesProcess services = environment.services();
    return Consumer.committableSource(
            ConsumerSettings.create(environment.system())
                .withConnectionString(services.eventHubs())
                .withEventHubName(EVENT_HUB)
                .withConsumerGroup(ServicesProcess.CONSUMER_GROUP)
                .withInitialPosition(EventPosition.earliest())
                .withPartitionStore(BlobPartitionStore.create(services.newContainer())),
            Subscriptions.partitions(
                IntStream.range(0, PARTITIONS).mapToObj(Integer::toString).toArray(String[]::new)))
        .map(event -> event.committableOffset())
        .via(Committer.batchFlow(CommitterSettings.create(environment.system()).withMaxBatch(1)))
        .map(
            batch -> {
              committed.add(batch.batchSize());
              return batch;
            })
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(environment.system());
  }
}
