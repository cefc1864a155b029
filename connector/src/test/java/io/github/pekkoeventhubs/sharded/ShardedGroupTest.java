// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.ownership.LivePartitionStatus;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Join;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The actor of a group on the only node of a cluster, with sharding as it is. */
class ShardedGroupTest {

  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final String GROUP = "ns.servicebus.windows.net/orders/$default";

  private final ActorTestKit testKit =
      ActorTestKit.create(
          "ShardedGroupTest",
          ConfigFactory.parseString(
                  """
                  pekko.actor.provider = cluster
                  pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                  pekko.cluster.jmx.multi-mbeans-in-same-jvm = on
                  pekko.coordinated-shutdown.run-by-jvm-shutdown-hook = off
                  pekko.coordinated-shutdown.exit-jvm = off
                  """)
              .withFallback(ConfigFactory.load()));
  private final Map<String, Known> partitions = new ConcurrentHashMap<>();
  private final Queue<String> lookUps = new ConcurrentLinkedQueue<>();
  private final Queue<String> failed = new ConcurrentLinkedQueue<>();

  private record Known(EventHubPartition partition, LivePartitionStatus status) {}

  @BeforeEach
  void formCluster() {
    Cluster cluster = Cluster.get(testKit.system());
    cluster.manager().tell(Join.create(cluster.selfMember().address()));
    await().atMost(PATIENCE).until(() -> cluster.selfMember().status() == MemberStatus.up());
  }

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  private Known partition(String id) {
    return partitions.computeIfAbsent(
        id,
        newId -> {
          EventHubPartition partition =
              new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", newId);
          return new Known(
              partition, new LivePartitionStatus(partition, () -> 0L, () -> Instant.EPOCH));
        });
  }

  /** Never says who owns a partition, and records for which stream it was asked. */
  private PartitionStore store(String stream) {
    return (PartitionStore)
        Proxy.newProxyInstance(
            ShardedGroupTest.class.getClassLoader(),
            new Class<?>[] {PartitionStore.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "readOwnership" -> {
                    lookUps.add(stream + "/" + ((EventHubPartition) arguments[0]).partitionId());
                    yield new CompletableFuture<>();
                  }
                  case "description" -> "a store in memory";
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private StreamOfGroup stream(String id, boolean hasBug) {
    ConsumerSettings settings =
        ConsumerSettings.create(
                ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
            .withInitialPosition(EventPosition.earliest())
            .withPartitionStore(store(id));
    return (StreamOfGroup)
        Proxy.newProxyInstance(
            ShardedGroupTest.class.getClassLoader(),
            new Class<?>[] {StreamOfGroup.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> id;
                  case "fail" -> failed.add(id + ": " + ((Throwable) arguments[0]).getMessage());
                  case "settings" -> settings;
                  case "partition" -> partition((String) arguments[0]).partition();
                  case "status" -> partition((String) arguments[0]).status();
                  case "isCommittable" -> true;
                  case "tracing" -> PartitionTracing.NONE;
                  case "placed" -> Done.getInstance();
                  case "partitionIds" -> {
                    if (hasBug) {
                      throw new IllegalStateException("a bug");
                    }
                    yield CompletableFuture.completedFuture(List.of("0", "1"));
                  }
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private void awaitLookUps(String stream) {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(lookUps).contains(stream + "/0", stream + "/1"));
  }

  @Test
  void aGroupThatThrowsTellsItsStreamsAndIsReplacedUnderTheSameReference() {
    ActorRef<ShardedGroup.Command> group = ShardedGroups.get(testKit.system()).group(GROUP);
    StreamOfGroup healthy = stream("healthy", false);
    group.tell(new ShardedGroup.Join(healthy));
    awaitLookUps("healthy");

    group.tell(new ShardedGroup.Join(stream("broken", true)));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(failed)
                    .anySatisfy(text -> assertThat(text).startsWith("healthy: the actor of the"))
                    .anySatisfy(text -> assertThat(text).startsWith("broken: the actor of the")));

    group.tell(new ShardedGroup.Join(stream("next", false)));
    awaitLookUps("next");
    CompletableFuture<Done> left = new CompletableFuture<>();
    group.tell(new ShardedGroup.Leave(healthy, "it has failed", left));
    await().atMost(PATIENCE).until(left::isDone);
    assertThat(failed).hasSize(2);
  }
}
