// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
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
  private static final int GROUPS = 5;
  private static final int STARTS = Integer.getInteger("tests.stream-starts", 20);
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Pools grow and shrink by some threads, and their connections with them. */
  private static final long FEW = 12;

  /**
   * Pekko starts some actors of its own late, and more so where the machine is busy. A leak leaves
   * at least one actor for each stream or group, and there are more of them than this.
   */
  private static final long LATE_ACTORS = GROUPS - 1;

  /** What one stream leaves of a leak that is worth finding, and what measuring is uncertain by. */
  private static final long BYTES_PER_START = 2_000;

  private static final long UNCERTAIN_BYTES = 6 << 20;

  private final EmbeddedServices services = EmbeddedServices.withoutHistory(PARTITIONS);
  private final ClusterNode node = ClusterNode.first();
  private final ActorSystem<Void> system = node.system();

  @AfterEach
  void stop() {
    node.close();
    services.close();
  }

  static Stream<Arguments> subscriptions() {
    return Stream.of(
        Arguments.of("sharded", Subscriptions.clusterSharded()),
        Arguments.of("balanced", Subscriptions.balanced()),
        Arguments.of("fixed", Subscriptions.partitions("0", "1")));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("subscriptions")
  void threadsSocketsActorsAndTheHeapStayAsTheyAre(String name, Subscription subscription)
      throws Exception {
    ConsumerSettings settings = services.consumerSettings(system);
    startAndStop(settings, subscription, WARM_UP);
    long threads = Thread.activeCount();
    long sockets = openFiles();
    long actors = actors();
    long heap = usedHeap();

    startAndStop(settings, subscription, STARTS);

    awaitAtMost("actors", this::actors, actors + LATE_ACTORS);
    awaitAtMost("threads", Thread::activeCount, threads + FEW);
    awaitAtMost("open files", StreamsThatComeAndGoTest::openFiles, sockets + FEW);
    awaitAtMost(
        "bytes",
        StreamsThatComeAndGoTest::usedHeap,
        heap + UNCERTAIN_BYTES + STARTS * BYTES_PER_START);
    System.out.printf(
        "%s, after %d starts: %+d actors, %+d threads, %+d open files, %+d bytes%n",
        name,
        STARTS,
        actors() - actors,
        Thread.activeCount() - threads,
        openFiles() - sockets,
        usedHeap() - heap);
  }

  static Stream<Arguments> actorsOfAGroup() {
    return Stream.of(
        Arguments.of(Subscriptions.clusterSharded(), 25),
        Arguments.of(Subscriptions.balanced(), 1),
        Arguments.of(Subscriptions.partitions("0", "1"), 0));
  }

  /** Its actors stay as long as the actor system, since another stream may come. */
  @ParameterizedTest
  @MethodSource("actorsOfAGroup")
  void aGroupWhoseStreamsHaveGoneKeepsItsFewActorsAndNothingElse(
      Subscription subscription, int actorsOfAGroup) throws Exception {
    runGroups(subscription, 0, GROUPS);
    long threads = Thread.activeCount();
    long sockets = openFiles();
    long actors = actors();

    runGroups(subscription, GROUPS, 2 * GROUPS);

    awaitAtMost("actors", this::actors, actors + (long) GROUPS * actorsOfAGroup + LATE_ACTORS);
    awaitAtMost("threads", Thread::activeCount, threads + FEW);
    awaitAtMost("open files", StreamsThatComeAndGoTest::openFiles, sockets + FEW);
  }

  private void runGroups(Subscription subscription, int from, int until) throws Exception {
    for (int i = from; i < until; i++) {
      String group = "group-" + i;
      services.eventHubs().addConsumerGroup(EmbeddedServices.EVENT_HUB, group);
      startAndStop(services.consumerSettings(system).withConsumerGroup(group), subscription, 1);
    }
  }

  private void startAndStop(ConsumerSettings settings, Subscription subscription, int times)
      throws Exception {
    for (int i = 0; i < times; i++) {
      Queue<String> processed = new ConcurrentLinkedQueue<>();
      Consumer.DrainingControl<Done> control =
          RecordingStream.run(system, settings, subscription, processed);
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
