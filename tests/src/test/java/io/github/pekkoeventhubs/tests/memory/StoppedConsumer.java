// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.memory;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.testkit.TestSubscriber;
import org.apache.pekko.stream.testkit.javadsl.TestSink;
import org.awaitility.Awaitility;

/**
 * A program: a stream that asks for nothing says how much memory is in use when no more comes; told
 * to go on, it consumes everything. A line on its standard input is the sign.
 */
final class StoppedConsumer {

  /** The heap in use after garbage collection, in bytes, while the stream is stopped. */
  static final String HOLDS = "holds";

  /** How many events were consumed at last. */
  static final String CONSUMED = "consumed";

  private static final int STEADY_SAMPLES = 6;
  private static final long STEADY_BYTES = 512 * 1024;

  private StoppedConsumer() {}

  /**
   * Runs the stream.
   *
   * @param args the connection string, the number of partitions, the events in all, and
   *     max-buffered-bytes
   */
  public static void main(String[] args) throws IOException {
    int partitions = Integer.parseInt(args[1]);
    int events = Integer.parseInt(args[2]);
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "Stopped");
    ConsumerSettings settings =
        ConsumerSettings.create(system)
            .withConnectionString(args[0])
            .withEventHubName(EmbeddedServices.EVENT_HUB)
            .withConsumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .withInitialPosition(EventPosition.earliest())
            .withMaxBufferedBytes(Long.parseLong(args[3]));
    String[] ids =
        IntStream.range(0, partitions).mapToObj(Integer::toString).toArray(String[]::new);
    Pair<Consumer.Control, TestSubscriber.Probe<PartitionEvent>> stream =
        Consumer.plainSource(settings, Subscriptions.partitions(ids))
            .toMat(TestSink.create(system.classicSystem()), Keep.both())
            .run(system);
    stream.second().ensureSubscription();

    System.out.println(HOLDS + " " + whenNoMoreComes(stream.first(), partitions));
    if (System.in.read() < 0) {
      Runtime.getRuntime().halt(1);
    }
    for (int i = 0; i < events; i++) {
      stream.second().requestNext();
    }
    System.out.println(CONSUMED + " " + events);
    stream.first().shutdown().toCompletableFuture().join();
    system.terminate();
  }

  private static long whenNoMoreComes(Consumer.Control control, int partitions) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    AtomicLong before = new AtomicLong();
    AtomicInteger steady = new AtomicInteger();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(250))
        .until(
            () -> {
              memory.gc();
              long used = memory.getHeapMemoryUsage().getUsed();
              boolean allHaveSome =
                  control.status().partitions().values().stream()
                          .filter(partition -> partition.received().isPresent())
                          .count()
                      == partitions;
              boolean same = Math.abs(used - before.getAndSet(used)) < STEADY_BYTES;
              return (allHaveSome && same ? steady.incrementAndGet() : reset(steady))
                  >= STEADY_SAMPLES;
            });
    return before.get();
  }

  private static int reset(AtomicInteger count) {
    count.set(0);
    return 0;
  }
}
