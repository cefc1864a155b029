// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import static io.github.pekkoeventhubs.tests.balanced.GroupHistory.changesOfOwner;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.OfficialProcessor;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;

/** A consumer group with members of several kinds, and what is to hold for it. */
abstract class MixedGroup {

  static final int PARTITIONS = 8;
  static final Duration PATIENCE = Duration.ofSeconds(40);
  static final Duration CALM = Duration.ofSeconds(2);

  final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  final Deque<AutoCloseable> members = new ArrayDeque<>();
  final Queue<String> processed = new ConcurrentLinkedQueue<>();
  int sent;

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable each : members) {
      each.close();
    }
    services.close();
  }

  BalancedNode node() {
    BalancedNode node = new BalancedNode(services);
    members.push(node);
    return node;
  }

  OfficialProcessor processor() {
    return processor(Duration.ofMillis(500), LoadBalancingStrategy.BALANCED);
  }

  OfficialProcessor processor(Duration interval, LoadBalancingStrategy strategy) {
    OfficialProcessor processor =
        OfficialProcessor.on(services)
            .withProcessed(processed)
            .withUpdateInterval(interval)
            .withExpiration(BalancedNode.SLOW_EXPIRY.expiry())
            .withStrategy(strategy)
            .withBatchSize(100)
            .start();
    members.push(processor);
    return processor;
  }

  void send(int eventsPerPartition) {
    services.sendToEach(eventsPerPartition);
    sent += eventsPerPartition;
  }

  /** Sends to all partitions and waits until everything ever sent is processed and committed. */
  void sendAndAwait(int eventsPerPartition) {
    send(eventsPerPartition);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(new HashSet<>(processed)).hasSize(PARTITIONS * sent);
              assertThat(services.checkpoints().values()).containsOnly((long) (sent - 1));
            });
  }

  /** The same, and none of them was processed twice, nor any older one again. */
  void sendAndAwaitOnce(int eventsPerPartition) {
    int before = processed.size();
    sendAndAwait(eventsPerPartition);
    assertThat(processed).hasSize(before + PARTITIONS * eventsPerPartition);
  }

  /** Waits until no partition has changed its owner for a while. */
  void awaitCalm() {
    AtomicInteger last = new AtomicInteger();
    await()
        .during(CALM)
        .atMost(PATIENCE)
        .until(
            () -> {
              int changes = changesOfOwner(services);
              return last.getAndSet(changes) == changes;
            });
  }

  static void drain(Consumer.DrainingControl<Done> control) throws Exception {
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }
}
