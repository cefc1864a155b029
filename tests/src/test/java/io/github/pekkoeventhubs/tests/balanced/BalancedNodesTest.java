// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import static io.github.pekkoeventhubs.tests.balanced.BalancedNode.running;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.emulator.blob.BlobFault;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.nodes.StoreHistory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Processes of ours that know of each other only through the Blob service. */
class BalancedNodesTest {

  private static final int PARTITIONS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final Deque<BalancedNode> nodes = new ArrayDeque<>();
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    nodes.forEach(BalancedNode::close);
    services.close();
  }

  private BalancedNode node() {
    BalancedNode node = new BalancedNode(services);
    nodes.push(node);
    return node;
  }

  private void sendAndAwait(int eventsPerPartition, int processedOfEach) {
    services.sendToEach(eventsPerPartition);
    await()
        .atMost(PATIENCE)
        .until(() -> new HashSet<>(processed).size() >= PARTITIONS * processedOfEach);
  }

  private static void drain(Consumer.DrainingControl<Done> control) throws Exception {
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void partitionsAreSharedWithNewcomersAndReturnWhenTheyLeaveWithoutRepetition() throws Exception {
    Consumer.DrainingControl<Done> one = node().consume(processed);
    sendAndAwait(200, 200);
    assertThat(running(one)).hasSize(PARTITIONS);

    Consumer.DrainingControl<Done> two = node().consume(processed);
    services.sendToEach(100);
    await().atMost(PATIENCE).until(() -> running(one).size() == 4 && running(two).size() == 4);
    sendAndAwait(100, 400);

    BalancedNode leaving = node();
    Consumer.DrainingControl<Done> three = leaving.consume(processed);
    services.sendToEach(100);
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(List.of(running(one), running(two), running(three)))
                    .extracting(Set::size)
                    .containsExactlyInAnyOrder(3, 3, 2));
    sendAndAwait(100, 600);

    services.sendToEach(100);
    leaving.close();
    await().atMost(PATIENCE).until(() -> running(one).size() == 4 && running(two).size() == 4);
    sendAndAwait(100, 800);
    drain(two);
    await().atMost(PATIENCE).until(() -> running(one).size() == PARTITIONS);
    sendAndAwait(100, 900);
    drain(one);

    assertThat(processed).hasSize(PARTITIONS * 900).doesNotHaveDuplicates();
    assertThat(services.owners().values()).containsOnly("");
    assertThat(services.checkpoints().values()).containsOnly(899L);
    StoreHistory history = StoreHistory.of(services.blobs().writes());
    assertThat(history.regressions()).isEmpty();
    // Of 8 claims in the beginning, 4 moves, 2 or 3 moves, as many back, 4 more.
    assertThat(history.claims()).hasSizeLessThan(30);
  }

  @Test
  void nodesThatStartTogetherShareFromTheBeginning() throws Exception {
    BalancedNode first = node();
    BalancedNode second = node();
    Consumer.DrainingControl<Done> one = first.consume(processed);
    Consumer.DrainingControl<Done> two = second.consume(processed);
    await().atMost(PATIENCE).until(() -> running(one).size() == 4 && running(two).size() == 4);
    sendAndAwait(100, 100);
    drain(one);
    drain(two);

    assertThat(processed).hasSize(PARTITIONS * 100).doesNotHaveDuplicates();
  }

  @Test
  void thePartitionsOfANodeThatDiesAreTakenOverWhenItsClaimsHaveExpired() throws Exception {
    BalancedNode dying = node();
    BalancedNode heir = node();
    Consumer.DrainingControl<Done> one =
        dying.consume(processed, dying.settings().withOwnership(BalancedNode.FAST_EXPIRY));
    Consumer.DrainingControl<Done> two =
        heir.consume(processed, heir.settings().withOwnership(BalancedNode.FAST_EXPIRY));
    await().atMost(PATIENCE).until(() -> running(one).size() == 4 && running(two).size() == 4);
    sendAndAwait(100, 100);

    nodes.remove(dying);
    dying.kill();
    services.sendToEach(100);
    await().atMost(PATIENCE).until(() -> running(two).size() == PARTITIONS);
    sendAndAwait(100, 300);
    drain(two);

    assertThat(new HashSet<>(processed)).hasSize(PARTITIONS * 300);
    assertThat(StoreHistory.of(services.blobs().writes()).regressions()).isEmpty();
  }

  @Test
  void partitionsWhoseClaimsHaveExpiredInAnOutageOfTheStoreAreReadAgainAfterIt() throws Exception {
    BalancedNode node = node();
    Consumer.DrainingControl<Done> control =
        node.consume(processed, node.settings().withOwnership(BalancedNode.FAST_EXPIRY));
    sendAndAwait(10, 10);
    await().atMost(PATIENCE).until(() -> services.checkpoints().size() == PARTITIONS);

    BlobFault outage = services.blobs().faults().always().answerWithoutHeaders(503);
    await().atMost(PATIENCE).until(() -> running(control).isEmpty());
    outage.cancel();

    await().atMost(PATIENCE).until(() -> running(control).size() == PARTITIONS);
    sendAndAwait(10, 20);
    drain(control);
  }
}
