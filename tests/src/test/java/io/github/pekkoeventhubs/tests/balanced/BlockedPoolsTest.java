// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.stream.ActorAttributes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Other code of the process keeps all threads of a pool busy that many share. Streams that have a
 * dispatcher of their own go on, claims are renewed, and partitions are handed over.
 */
class BlockedPoolsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration VALIDITY = Duration.ofSeconds(9);

  /** Claims that are renewed every second, and that no pause of a busy machine lets expire. */
  private static final OwnershipSettings OWNERSHIP =
      new OwnershipSettings(
          Duration.ofSeconds(1),
          Duration.ofMillis(300),
          VALIDITY,
          Duration.ofSeconds(12),
          Duration.ofSeconds(1),
          Duration.ofMillis(500),
          Duration.ofSeconds(5));

  private static final int PARTITIONS = 4;
  private static final int MORE_TASKS_THAN_THREADS = 400;

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final ActorTestKit first = node();
  private final ActorTestKit second = node();
  private final CountDownLatch release = new CountDownLatch(1);

  private enum Pool {
    COMMON,
    REACTOR_PARALLEL,
    REACTOR_BOUNDED_ELASTIC,
    DEFAULT_DISPATCHER
  }

  private static ActorTestKit node() {
    return ActorTestKit.create(
        ConfigFactory.parseString(
                """
                stream-dispatcher {
                  type = Dispatcher
                  executor = thread-pool-executor
                  thread-pool-executor.fixed-pool-size = 2
                }
                """)
            .withFallback(ConfigFactory.load()));
  }

  @AfterEach
  void stop() {
    release.countDown();
    first.shutdownTestKit();
    second.shutdownTestKit();
    services.close();
  }

  private ConsumerSettings settings(ActorTestKit node) {
    return services
        .consumerSettings(node.system())
        .withOwnership(OWNERSHIP)
        .withBalanced(
            new BalancedSettings(
                Duration.ofMillis(400),
                Duration.ofMillis(100),
                Duration.ofSeconds(9),
                Duration.ofSeconds(1)));
  }

  private Consumer.DrainingControl<Done> run(ActorTestKit node, Queue<String> processed) {
    return Consumer.committableSource(settings(node), Subscriptions.balanced())
        .map(
            event -> {
              processed.add(
                  event.partition().partitionId() + "/" + event.event().getBodyAsString());
              return event.committableOffset();
            })
        .toMat(
            Committer.sink(
                CommitterSettings.create(node.system()).withMaxInterval(Duration.ofMillis(200))),
            Consumer::createDrainingControl)
        .withAttributes(ActorAttributes.dispatcher("stream-dispatcher"))
        .run(node.system());
  }

  private void block(Pool pool) {
    switch (pool) {
      case COMMON -> fill(ForkJoinPool.commonPool());
      case REACTOR_PARALLEL -> fill(Schedulers.parallel());
      case REACTOR_BOUNDED_ELASTIC -> fill(Schedulers.boundedElastic());
      case DEFAULT_DISPATCHER -> {
        fill(first.system().executionContext());
        fill(second.system().executionContext());
      }
    }
  }

  private void fill(Executor pool) {
    IntStream.range(0, MORE_TASKS_THAN_THREADS).forEach(i -> pool.execute(this::awaitRelease));
  }

  private void fill(Scheduler scheduler) {
    // Each worker has one thread, and workers are spread over the threads.
    IntStream.range(0, MORE_TASKS_THAN_THREADS)
        .forEach(i -> scheduler.createWorker().schedule(this::awaitRelease));
  }

  private void awaitRelease() {
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The events with this number of all partitions. */
  private static Set<String> eventOfEach(int number) {
    return IntStream.range(0, PARTITIONS)
        .mapToObj(partition -> partition + "/" + number)
        .collect(Collectors.toSet());
  }

  @ParameterizedTest
  @EnumSource
  void eventsFlowClaimsAreRenewedAndPartitionsAreHandedOverWhileOthersBlockASharedPool(Pool pool) {
    Queue<String> byFirst = new ConcurrentLinkedQueue<>();
    Queue<String> bySecond = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> one = run(first, byFirst);
    Consumer.DrainingControl<Done> other = run(second, bySecond);
    await()
        .atMost(PATIENCE)
        .until(
            () -> BalancedNode.running(one).size() == 2 && BalancedNode.running(other).size() == 2);

    block(pool);

    // Nothing is emitted under a claim that was not renewed within its validity.
    Instant validUntil = Instant.now().plus(VALIDITY);
    await().atMost(PATIENCE).until(() -> services.oldestClaim().isAfter(validUntil));
    services.sendToEach(1);
    Set<String> byAny = new HashSet<>();
    await()
        .atMost(PATIENCE)
        .until(
            () -> {
              byAny.addAll(byFirst);
              byAny.addAll(bySecond);
              return byAny.containsAll(eventOfEach(0));
            });
    assertThat(Set.copyOf(byFirst)).hasSize(2);
    assertThat(Set.copyOf(bySecond)).hasSize(2);

    other.stop();
    await().atMost(PATIENCE).until(() -> other.status().partitions().isEmpty());
    await().atMost(PATIENCE).until(() -> BalancedNode.running(one).size() == PARTITIONS);
    services.sendToEach(1);
    await().atMost(PATIENCE).until(() -> byFirst.containsAll(eventOfEach(1)));
    one.stop();
  }
}
