// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.memory;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.InMemoryPartitionStore;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Sink;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;

/**
 * A program: a stream that takes nothing, or little, says how much memory is in use when no more
 * comes; told to go on, it consumes everything. A line on its standard input is the sign.
 */
final class StoppedConsumer {

  /**
   * The heap in use after garbage collection, in bytes, while the stream takes nothing or little.
   */
  static final String HOLDS = "holds";

  /** How many events were consumed at last. */
  static final String CONSUMED = "consumed";

  private static final int MAX_PARTITIONS = 64;

  /** The kind of stream. */
  enum Kind {
    /** One source of all partitions, of which a single event is taken. */
    MERGED {
      @Override
      Source<?, Consumer.Control> source(
          ConsumerSettings settings, Subscription subscription, CompletionStage<Done> told) {
        return Consumer.plainSource(settings, subscription)
            .mapAsync(1, event -> told.thenApply(done -> event));
      }
    },
    /** A source per partition, none of which is run. */
    PARTITIONED {
      @Override
      Source<?, Consumer.Control> source(
          ConsumerSettings settings, Subscription subscription, CompletionStage<Done> told) {
        return Consumer.committablePartitionedSource(settings, subscription)
            .mapAsync(MAX_PARTITIONS, partition -> told.thenApply(done -> partition.second()))
            .flatMapMerge(MAX_PARTITIONS, events -> events);
      }
    },
    /** One source of all partitions, of which ten events are taken in a second. */
    SLOW {
      @Override
      Source<?, Consumer.Control> source(
          ConsumerSettings settings, Subscription subscription, CompletionStage<Done> told) {
        return Consumer.plainSource(settings, subscription)
            .mapAsync(
                1,
                event ->
                    told.toCompletableFuture().isDone()
                        ? CompletableFuture.completedFuture(event)
                        : CompletableFuture.supplyAsync(
                            () -> event,
                            CompletableFuture.delayedExecutor(100, TimeUnit.MILLISECONDS)));
      }
    };

    /** A stream that stops, or goes slowly, until it is told to go on. */
    abstract Source<?, Consumer.Control> source(
        ConsumerSettings settings, Subscription subscription, CompletionStage<Done> told);
  }

  private static final int STEADY_SAMPLES = 6;
  private static final long STEADY_BYTES = 512 * 1024;

  private StoppedConsumer() {}

  /**
   * Runs the stream.
   *
   * @param args the connection string, the number of partitions, the events in all,
   *     max-buffered-bytes, and the kind of stream
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
            .withPartitionStore(InMemoryPartitionStore.create())
            .withMaxBufferedBytes(Long.parseLong(args[3]));
    String[] ids =
        IntStream.range(0, partitions).mapToObj(Integer::toString).toArray(String[]::new);
    CompletableFuture<Done> told = new CompletableFuture<>();
    AtomicInteger consumed = new AtomicInteger();
    Consumer.Control control =
        Kind.valueOf(args[4])
            .source(settings, Subscriptions.partitions(ids), told)
            .to(Sink.foreach(event -> consumed.incrementAndGet()))
            .run(system);

    System.out.println(HOLDS + " " + whenNoMoreComes(control, partitions));
    if (System.in.read() < 0) {
      Runtime.getRuntime().halt(1);
    }
    told.complete(Done.getInstance());
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> consumed.get() >= events);
    System.out.println(CONSUMED + " " + consumed.get());
    control.shutdown().toCompletableFuture().join();
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
