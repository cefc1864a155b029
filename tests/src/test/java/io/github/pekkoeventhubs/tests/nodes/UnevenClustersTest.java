// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.RecordingStream;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Clusters whose members are not all alike: roles, data centres, members without this library. */
class UnevenClustersTest {

  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String ROLE = "pekko.eventhubs.cluster-sharding.sharding.role = consumers\n";
  private static final String HAS_ROLE = "pekko.cluster.roles = [consumers]\n";

  /** As if this library were not on the class path. */
  private static final String WITHOUT_LIBRARY = "pekko.library-extensions = []\n";

  private final EmbeddedServices services = new EmbeddedServices(PARTITIONS);
  private final Deque<ClusterNode> nodes = new ArrayDeque<>();

  @AfterEach
  void stop() {
    nodes.forEach(ClusterNode::close);
    services.close();
  }

  private ClusterNode first(String configuration) {
    nodes.push(ClusterNode.first(configuration));
    return nodes.getFirst();
  }

  private ClusterNode joining(ClusterNode other, String configuration) {
    nodes.push(ClusterNode.joining(other, configuration));
    return nodes.getFirst();
  }

  private Consumer.DrainingControl<Done> consume(ClusterNode node) {
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    return RecordingStream.run(
        node.system(),
        services.consumerSettings(node.system()),
        Subscriptions.clusterSharded(),
        processed);
  }

  private static void awaitAll(Consumer.DrainingControl<Done> control) {
    await().atMost(PATIENCE).until(() -> RecordingStream.running(control) == PARTITIONS);
  }

  private static String dataCentre(String name) {
    return "pekko.cluster.multi-data-center.self-data-center = " + name + "\n";
  }

  @Test
  void theOtherDataCentreWaitsForTheOneThatHasThePartitionsAndTakesThemWhenTheyAreFree()
      throws Exception {
    ClusterNode east = first(dataCentre("east"));
    Consumer.DrainingControl<Done> owner = consume(east);
    awaitAll(owner);
    Map<String, String> owners = services.owners();

    ClusterNode west = joining(east, dataCentre("west"));
    Consumer.DrainingControl<Done> waiting = consume(west);
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                waiting.status().partitions().size() == PARTITIONS
                    && waiting.status().partitions().values().stream()
                        .allMatch(
                            status ->
                                status.state() == OwnerState.WAITING
                                    && owners.containsValue(status.claimedBy().orElse(""))));
    await()
        .during(Duration.ofSeconds(3))
        .atMost(PATIENCE)
        .until(() -> services.owners().equals(owners));
    assertThat(RecordingStream.running(owner)).isEqualTo(PARTITIONS);

    owner.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    awaitAll(waiting);
  }

  @Test
  void aStreamOnANodeWithoutTheRoleIsRefusedWithTheKeyAndTheCure() {
    ClusterNode node = first(ROLE);

    assertThatThrownBy(
            () ->
                consume(node)
                    .streamCompletion()
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS))
        .cause()
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("pekko.eventhubs.cluster-sharding.sharding.role is 'consumers'")
        .hasMessageContaining("Add the role to pekko.cluster.roles of this node");
  }

  @Test
  void withARoleTheOldestMemberNeedNotHaveTheLibrary() {
    ClusterNode oldest = first(WITHOUT_LIBRARY);
    ClusterNode consumer = joining(oldest, ROLE + HAS_ROLE);

    awaitAll(consume(consumer));
  }

  @Test
  void whatTheApplicationSetsForItsOwnShardedTypesKeepsNoPartitionFromItsOwner() {
    ClusterNode node =
        first(
            """
            pekko.cluster.sharding {
              role = backend
              state-store-mode = persistence
              use-lease = a-lease-that-does-not-exist
            }
            """);

    awaitAll(consume(node));
  }

  @Test
  void withoutARoleTheSilenceOfTheCoordinatorIsWarnedAboutWithItsCauses() {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    try {
      ClusterNode oldest = first(WITHOUT_LIBRARY);
      consume(joining(oldest, ""));

      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  List.copyOf(log.list).stream()
                      .map(ILoggingEvent::getFormattedMessage)
                      .anyMatch(
                          line ->
                              line.contains("no coordinator of cluster sharding answers")
                                  && line.contains("library on its class path")
                                  && line.contains("sharding.role")));
    } finally {
      root.detachAppender(log);
    }
  }
}
