// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.RecordingStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.apache.pekko.cluster.typed.Cluster;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Nodes that come after others have crashed, with their claims left in the store. */
class ReplacementNodeTest {

  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String CONFIGURATION =
      ClusterNode.CRASHES + "pekko.cluster.down-removal-margin = 100 ms\n";

  /** Claims live for so long that no test outlasts them. */
  private static final OwnershipSettings LONG_CLAIMS =
      new OwnershipSettings(
          Duration.ofMinutes(1),
          Duration.ofSeconds(5),
          Duration.ofMinutes(9),
          Duration.ofMinutes(10),
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(60));

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final Deque<ClusterNode> nodes = new ArrayDeque<>();
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();

  @AfterEach
  void stop() {
    nodes.forEach(ClusterNode::close);
    services.close();
  }

  private ClusterNode first(String configuration) {
    nodes.push(ClusterNode.first(CONFIGURATION + configuration));
    return nodes.getFirst();
  }

  /** Systems give ports of this range to nobody who does not ask for them by number. */
  private ClusterNode firstAtAPortThatNobodyIsGiven() {
    int port =
        ThreadLocalRandom.current()
            .ints(20_000, 30_000)
            .filter(ReplacementNodeTest::isFree)
            .findFirst()
            .orElseThrow();
    return first("pekko.remote.artery.canonical.port = " + port);
  }

  private static boolean isFree(int port) {
    try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return free.isBound();
    } catch (IOException taken) {
      return false;
    }
  }

  private ClusterNode joining(ClusterNode other) {
    nodes.push(ClusterNode.joining(other, CONFIGURATION));
    return nodes.getFirst();
  }

  private Consumer.DrainingControl<Done> consume(ClusterNode node, OwnershipSettings ownership) {
    return RecordingStream.run(
        node.system(),
        services.consumerSettings(node.system()).withOwnership(ownership),
        Subscriptions.clusterSharded(),
        processed);
  }

  private static void awaitAll(Consumer.DrainingControl<Done> control) {
    await().atMost(PATIENCE).until(() -> RecordingStream.running(control) == PARTITIONS);
  }

  private static void drain(Consumer.DrainingControl<Done> control) throws Exception {
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aNodeThatJoinsAfterACrashedOneWasRemovedTakesItsPartitionsAtOnce() throws Exception {
    ClusterNode old = first("");
    ClusterNode crashed = joining(old);
    awaitAll(consume(crashed, LONG_CLAIMS));
    crashed.crash();
    old.remove(crashed);

    ClusterNode replacement = joining(old);
    Consumer.DrainingControl<Done> control = consume(replacement, LONG_CLAIMS);
    awaitAll(control);

    services.sendToEach(10);
    await().atMost(PATIENCE).until(() -> processed.size() == PARTITIONS * 10);
    drain(control);
    assertThat(services.owners().values()).containsOnly("");
  }

  @Test
  void aClusterThatIsRestartedAtItsAddressesTakesItsPartitionsAtOnce() throws Exception {
    ClusterNode before = firstAtAPortThatNobodyIsGiven();
    awaitAll(consume(before, LONG_CLAIMS));
    int port = Cluster.get(before.system()).selfMember().address().getPort().orElseThrow();
    before.crash();

    ClusterNode after = first("pekko.remote.artery.canonical.port = " + port);
    Consumer.DrainingControl<Done> control = consume(after, LONG_CLAIMS);

    awaitAll(control);
    drain(control);
  }

  /** Nobody can know that the other cluster has ended. */
  @Test
  void aClusterThatIsRestartedElsewhereWaitsUntilTheClaimsHaveExpired() throws Exception {
    OwnershipSettings shortClaims =
        new OwnershipSettings(
            Duration.ofSeconds(1),
            Duration.ofMillis(300),
            Duration.ofSeconds(5),
            Duration.ofSeconds(6),
            Duration.ofMillis(200),
            Duration.ofMillis(500),
            Duration.ofSeconds(5));
    ClusterNode before = first("");
    awaitAll(consume(before, shortClaims));
    before.crash();
    Instant lastClaim = services.lastClaim();

    Consumer.DrainingControl<Done> control = consume(first(""), shortClaims);
    awaitAll(control);

    // The store's clock shows whole seconds.
    assertThat(Instant.now()).isAfter(lastClaim.plus(shortClaims.expiry()).minusSeconds(1));
    drain(control);
  }
}
