// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.RecordingStream;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Streams that are started and stopped again and again in one process leave nothing behind. The
 * build starts few; {@code -Dtests.stream-starts=3000} starts as many as a process that lives long.
 */
@EnabledOnOs(OS.LINUX)
class StreamsThatComeAndGoTest {

  private static final int PARTITIONS = 2;
  private static final int WARM_UP = 10;
  private static final int STARTS = Integer.getInteger("tests.stream-starts", 20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Pools grow and shrink by some threads, and their connections with them. */
  private static final long FEW = 12;

  /** What one stream leaves of a leak that is worth finding, and what measuring is uncertain by. */
  private static final long BYTES_PER_START = 2_000;

  private static final long UNCERTAIN_BYTES = 6 << 20;

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ActorSystem<Void> system =
      ActorSystem.create(
          Behaviors.empty(),
          "ComeAndGo",
          ConfigFactory.parseString(
                  """
                  pekko.actor.provider = local
                  pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                  pekko.coordinated-shutdown.exit-jvm = off
                  """)
              .withFallback(ConfigFactory.load()));

  @AfterEach
  void stop() throws Exception {
    system.terminate();
    system.getWhenTerminated().toCompletableFuture().get(60, TimeUnit.SECONDS);
    services.close();
  }

  static Stream<Arguments> subscriptions() {
    return Stream.of(
        Arguments.of("balanced", Subscriptions.balanced()),
        Arguments.of("fixed", Subscriptions.partitions("0", "1")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("subscriptions")
  void threadsSocketsActorsAndTheHeapStayAsTheyAre(String name, Subscription subscription)
      throws Exception {
    startAndStop(subscription, WARM_UP);
    long threads = Thread.activeCount();
    long sockets = openFiles();
    long actors = actors();
    long heap = usedHeap();

    startAndStop(subscription, STARTS);

    awaitAtMost("actors", this::actors, actors);
    awaitAtMost("threads", Thread::activeCount, threads + FEW);
    awaitAtMost("open files", StreamsThatComeAndGoTest::openFiles, sockets + FEW);
    awaitAtMost(
        "bytes",
        StreamsThatComeAndGoTest::usedHeap,
        heap + UNCERTAIN_BYTES + STARTS * BYTES_PER_START);
  }

  private void startAndStop(Subscription subscription, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      Queue<String> processed = new ConcurrentLinkedQueue<>();
      Consumer.DrainingControl<Done> control =
          RecordingStream.run(system, services.consumerSettings(system), subscription, processed);
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> RecordingStream.running(control) == PARTITIONS);
      control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      control.isShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  private static void awaitAtMost(String what, LongSupplier now, long bound) {
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .untilAsserted(() -> assertThat(now.getAsLong()).as(what).isLessThanOrEqualTo(bound));
  }

  private long actors() {
    return ((ExtendedActorSystem) system.classicSystem()).printTree().lines().count();
  }

  private static long openFiles() {
    return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getOpenFileDescriptorCount();
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
