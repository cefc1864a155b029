// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.memory;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.HeldMemory;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.services.ServicesProcess;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.stream.javadsl.Sink;

/** The heap that is held when the stream takes nothing, with the largest events there are. */
public final class StalledMemoryScenario implements Scenario {

  private static final String EVENT_HUB = "large";
  private static final int PARTITIONS = 32;
  private static final int EVENT_BYTES = 1024 * 1024 - 1024;
  private static final int EVENTS_PER_PARTITION = 40;
  private static final int SETTLING_SECONDS = 4;
  private static final double MEGABYTE = 1024 * 1024;

  @Override
  public String name() {
    return "memory.32p-1MB-stalled";
  }

  @Override
  public String description() {
    return "heap held for 32 partitions with events of 1 MB while the stream takes none";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    ServicesProcess services = environment.services();
    services.createEventHub(EVENT_HUB, PARTITIONS);
    try {
      services.fill(EVENT_HUB, EVENTS_PER_PARTITION, EVENT_BYTES);
      ConsumerSettings settings =
          ConsumerSettings.create(environment.system())
              .withConnectionString(services.eventHubs())
              .withEventHubName(EVENT_HUB)
              .withConsumerGroup(ServicesProcess.CONSUMER_GROUP)
              .withInitialPosition(EventPosition.earliest())
              .withPartitionStore(BlobPartitionStore.create(services.newContainer()));
      HeldMemory before = HeldMemory.now();
      CompletableFuture<Done> never = new CompletableFuture<>();
      Consumer.DrainingControl<Done> control =
          Consumer.committableSource(
                  settings,
                  Subscriptions.partitions(
                      IntStream.range(0, PARTITIONS)
                          .mapToObj(Integer::toString)
                          .toArray(String[]::new)))
              .mapAsync(1, event -> never)
              .toMat(Sink.ignore(), Consumer::createDrainingControl)
              .run(environment.system());
      services.awaitReceivers(PARTITIONS);
      TimeUnit.SECONDS.sleep(SETTLING_SECONDS);
      long held = HeldMemory.now().above(before);
      control.shutdown();
      never.complete(Done.getInstance());
      services.awaitReceivers(0);
      double bound = PARTITIONS * settings.maxBufferedBytes() / MEGABYTE;
      return List.of(
          Figure.of(name(), held / MEGABYTE, "MiB", Goal.atMost(bound)),
          Figure.of(name() + ".bound", bound, "MiB", Goal.none()));
    } finally {
      services.deleteEventHub(EVENT_HUB);
    }
  }
}
