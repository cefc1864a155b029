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

/** Measures the connector's own cost per event: nothing is received and nothing stored. */
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
    return "the source's stage and the committer alone, events from memory";
  }

  @Override
  public List<Figure> run(Environment environment) throws Exception {
    SyntheticPartitions partitions =
        new SyntheticPartitions(
            ConsumerSettings.create(environment.system())
                .withConnectionString(environment.services().eventHubs())
                .withEventHubName("synthetic")
                .withInitialPosition(EventPosition.earliest())
                .withPartitionStore(
                    BlobPartitionStore.create(environment.services().newContainer())),
            PARTITIONS,
            EVENTS / PARTITIONS,
            BODY_BYTES);
    double[] nanos = new double[environment.rounds()];
    double[] bytes = new double[environment.rounds()];
    for (int round = -WARM_UPS; round < environment.rounds(); round++) {
      AllocatedBytes allocated = AllocatedBytes.now();
      long begin = System.nanoTime();
      read(environment, partitions);
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

  private static void read(Environment environment, SyntheticPartitions partitions)
      throws Exception {
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
            .to(Committer.sink(CommitterSettings.create(environment.system())))
            .run(environment.system());
    if (!complete.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IncorrectResultException("only " + count[0] + " events came through in time");
    }
    control.shutdown();
  }
}
