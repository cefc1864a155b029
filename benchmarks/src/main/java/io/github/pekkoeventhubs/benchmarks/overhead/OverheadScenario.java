// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.overhead;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.benchmarks.Environment;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.benchmarks.Scenario;
import io.github.pekkoeventhubs.benchmarks.figures.Figure;
import io.github.pekkoeventhubs.benchmarks.figures.Goal;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.receive.BoundedControl;
import io.github.pekkoeventhubs.receive.SyntheticPartitions;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;

/**
 * Measures the connector's own cost per event, from the receiver to the committer. The events are
 * there already, nothing is stored, and one thread does all of it: events that come from another
 * processor's cache would cost more than the connector does.
 */
public final class OverheadScenario implements Scenario {

  private static final int PARTITIONS = 4;
  private static final int EVENTS = 512 * 1024;
  private static final int BODY_BYTES = 100;
  private static final int WARM_UPS = 10;
  private static final long PATIENCE_SECONDS = 60;

  @Override
  public String name() {
    return "overhead";
  }

  @Override
  public String description() {
    return "receiver, source and committer alone, events from memory";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    // The sources of this system get no other events.
    ActorSystem system = ActorSystem.create("overhead", environment.system().settings().config());
    try {
      return figures(environment.rounds(), system, partitions(environment, system));
    } finally {
      system.terminate();
    }
  }

  private static SyntheticPartitions partitions(Environment environment, ActorSystem system) {
    return new SyntheticPartitions(
        system,
        ConsumerSettings.create(system)
            .withConnectionString(environment.services().eventHubs())
            .withEventHubName("synthetic")
            .withInitialPosition(EventPosition.earliest())
            .withPartitionStore(BlobPartitionStore.create(environment.services().newContainer())),
        PARTITIONS,
        EVENTS / PARTITIONS,
        BODY_BYTES);
  }

  private List<Figure> figures(int rounds, ActorSystem system, SyntheticPartitions partitions)
      throws Exception {
    double[] nanos = new double[rounds];
    double[] bytes = new double[rounds];
    for (int round = -WARM_UPS; round < rounds; round++) {
      AllocatedBytes allocated = AllocatedBytes.now();
      long begin = System.nanoTime();
      read(system, partitions);
      long end = System.nanoTime();
      if (round >= 0) {
        nanos[round] = (double) (end - begin) / EVENTS;
        bytes[round] = (double) allocated.sinceThen() / EVENTS;
      }
    }
    return List.of(
        Figure.of(name() + ".ns-per-event", Sample.of(nanos), "ns", Goal.atMost(150)),
        Figure.of(name() + ".bytes-per-event", Sample.of(bytes), "B", Goal.atMost(96)));
  }

  private static void read(ActorSystem system, SyntheticPartitions partitions) throws Exception {
    CountDownLatch complete = new CountDownLatch(1);
    int[] count = new int[1];
    BoundedControl control =
        partitions
            .source()
            .map(
                event -> {
                  if (++count[0] == EVENTS) {
                    complete.countDown();
                  }
                  return event.committableOffset();
                })
            .to(Committer.sink(CommitterSettings.create(system)))
            .run(system);
    if (!complete.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IncorrectResultException("only " + count[0] + " events came through in time");
    }
    control.shutdown();
  }
}
