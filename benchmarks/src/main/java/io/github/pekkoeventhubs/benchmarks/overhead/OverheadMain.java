// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.overhead;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.receive.BoundedControl;
import io.github.pekkoeventhubs.receive.SyntheticPartitions;
import java.io.PrintStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;

/** Reads events from memory in rounds, and reports of each what an event has cost. */
final class OverheadMain {

  private static final int PARTITIONS = 4;
  private static final int EVENTS = 512 * 1024;
  private static final int BODY_BYTES = 100;
  private static final long PATIENCE_SECONDS = 60;

  private final ActorSystem system;
  private final SyntheticPartitions partitions;

  private OverheadMain(ActorSystem system, ConsumerSettings settings) {
    this.system = system;
    // The sources of this system get no other events.
    this.partitions =
        new SyntheticPartitions(system, settings, PARTITIONS, EVENTS / PARTITIONS, BODY_BYTES);
  }

  /**
   * Arguments: the connection strings, a container, how many rounds only warm up, and how many
   * count. A line has the nanoseconds and the bytes for each event of a round.
   */
  public static void main(String[] arguments) throws Exception {
    ActorSystem system = ActorSystem.create("overhead");
    ConsumerSettings settings =
        ConsumerSettings.create(system)
            .withConnectionString(arguments[0])
            .withEventHubName("synthetic")
            .withInitialPosition(EventPosition.earliest())
            .withPartitionStore(
                BlobPartitionStore.create(
                    new BlobServiceClientBuilder()
                        .connectionString(arguments[1])
                        .httpClient(new JdkHttpClientBuilder().build())
                        .buildAsyncClient()
                        .getBlobContainerAsyncClient(arguments[2])));
    OverheadMain reading = new OverheadMain(system, settings);
    int warmUps = Integer.parseInt(arguments[3]);
    int rounds = Integer.parseInt(arguments[4]);
    PrintStream out = new PrintStream(System.out, true, UTF_8);
    for (int round = -warmUps; round < rounds; round++) {
      AllocatedBytes allocated = AllocatedBytes.now();
      long begin = System.nanoTime();
      reading.read();
      long end = System.nanoTime();
      if (round >= 0) {
        out.println(perEvent(end - begin) + " " + perEvent(allocated.sinceThen()));
      }
    }
    Runtime.getRuntime().halt(0);
  }

  private static double perEvent(long sum) {
    return (double) sum / EVENTS;
  }

  private void read() throws InterruptedException {
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
