// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.javadsl.Producer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Source;
import org.awaitility.Awaitility;

/**
 * A program: a stream that sends small events without end. It says that it is ready when it has
 * sent some, goes on when it is told to, and says how much memory the events take that it holds
 * when it takes in no more. A line on its standard input is the sign.
 */
final class StoppedProducer {

  /** The first events have been acknowledged, and the others wait for the sign. */
  static final String READY = "ready";

  /** How much more heap is in use than before, in bytes, after garbage collection. */
  static final String HOLDS = "holds";

  /** How many events the stream has taken in meanwhile. */
  static final String EVENTS = "events";

  /** Enough to have a link to each partition, and all classes loaded. */
  static final int FIRST_EVENTS = 2000;

  private static final BufferedReader SIGNS =
      new BufferedReader(new InputStreamReader(System.in, UTF_8));

  private static final int BODY_BYTES = 100;
  private static final int STEADY_SAMPLES = 4;
  private static final long STEADY_BYTES = 64 * 1024;

  /** Where the events go. */
  enum Kind {
    /** To the partitions of very many keys. */
    KEYS {
      @Override
      Route route(int event) {
        return Route.partitionKey("customer-" + event);
      }
    },
    /** To any partition. */
    ROUND_ROBIN {
      @Override
      Route route(int event) {
        return Route.roundRobin();
      }
    };

    /** Where this event goes. */
    abstract Route route(int event);
  }

  private StoppedProducer() {}

  /**
   * Runs the stream.
   *
   * @param args the connection string, max-buffered-bytes, and the kind of stream
   */
  public static void main(String[] args) throws IOException {
    ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "Stopped");
    ProducerSettings settings =
        ProducerSettings.create(system)
            .withConnectionString(args[0])
            .withEventHubName(EmbeddedServices.EVENT_HUB)
            .withMaxBufferedBytes(Long.parseLong(args[1]))
            .withSendTimeout(Duration.ofMinutes(5));
    Kind kind = Kind.valueOf(args[2]);
    CompletableFuture<Done> told = new CompletableFuture<>();
    CompletableFuture<Done> firstTaken = new CompletableFuture<>();
    AtomicInteger taken = new AtomicInteger();
    Source.range(1, Integer.MAX_VALUE)
        .mapAsync(
            1,
            i -> {
              if (i <= FIRST_EVENTS) {
                return CompletableFuture.completedFuture(i);
              }
              firstTaken.complete(Done.getInstance());
              return told.thenApply(done -> i);
            })
        .map(
            i -> {
              taken.incrementAndGet();
              return new Routed(new EventData(new byte[BODY_BYTES]), kind.route(i));
            })
        .runWith(Producer.routedSink(settings), system)
        .whenComplete((done, failure) -> Runtime.getRuntime().halt(1));
    firstTaken.join();
    System.out.println(READY + " " + FIRST_EVENTS);
    awaitSign();
    long before = steadyHeap(taken);
    System.out.println(READY + " " + before);
    awaitSign();
    told.complete(Done.getInstance());
    System.out.println(HOLDS + " " + (steadyHeap(taken) - before));
    System.out.println(EVENTS + " " + (taken.get() - FIRST_EVENTS));
    awaitSign();
  }

  private static void awaitSign() throws IOException {
    if (SIGNS.readLine() == null) {
      Runtime.getRuntime().halt(1);
    }
  }

  /** The heap in use when neither it nor the count of events changes any more. */
  private static long steadyHeap(AtomicInteger taken) {
    MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    AtomicLong heapBefore = new AtomicLong();
    AtomicInteger takenBefore = new AtomicInteger(-1);
    AtomicInteger steady = new AtomicInteger();
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .pollInterval(Duration.ofMillis(100))
        .until(
            () -> {
              memory.gc();
              long heap = memory.getHeapMemoryUsage().getUsed();
              int count = taken.get();
              boolean same =
                  Math.abs(heap - heapBefore.getAndSet(heap)) < STEADY_BYTES
                      && takenBefore.getAndSet(count) == count;
              steady.set(same ? steady.get() + 1 : 0);
              return steady.get() >= STEADY_SAMPLES;
            });
    return heapBefore.get();
  }
}
