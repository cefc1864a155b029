// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.ownership.LivePartitionStatus;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BalancedGroupTest {

  private final ActorTestKit testKit =
      ActorTestKit.create("BalancedGroupTest", ConfigFactory.load());
  private final LinkedBlockingQueue<String> created = new LinkedBlockingQueue<>();
  private final Queue<StoredOwnership> records = new ConcurrentLinkedQueue<>();
  private final Map<String, Known> partitions = new ConcurrentHashMap<>();

  private record Known(EventHubPartition partition, LivePartitionStatus status) {}

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

  /** Fails to create the record of partition 1, and answers nobody who wants to claim. */
  private PartitionStore store() {
    return (PartitionStore)
        Proxy.newProxyInstance(
            BalancedGroupTest.class.getClassLoader(),
            new Class<?>[] {PartitionStore.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "listOwnerships" -> CompletableFuture.completedFuture(List.copyOf(records));
                  case "createOwnership" -> {
                    String id = ((EventHubPartition) arguments[0]).partitionId();
                    created.add(id);
                    yield id.equals("1")
                        ? CompletableFuture.failedFuture(
                            new PartitionStoreException("server busy", null, true))
                        : CompletableFuture.completedFuture(Optional.of(recordOf(id)));
                  }
                  case "readOwnership" -> new CompletableFuture<>();
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private StoredOwnership recordOf(String id) {
    StoredOwnership record =
        new StoredOwnership(
            partition(id).partition(), "", Map.of(), "1", Instant.EPOCH, Instant.EPOCH);
    records.add(record);
    return record;
  }

  private StreamOfGroup stream() {
    ConsumerSettings settings =
        ConsumerSettings.create(
                ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
            .withInitialPosition(EventPosition.earliest())
            .withBalanced(
                new BalancedSettings(
                    Duration.ofMillis(50),
                    Duration.ofMillis(20),
                    Duration.ofSeconds(9),
                    Duration.ofSeconds(1)))
            .withPartitionStore(store());
    return (StreamOfGroup)
        Proxy.newProxyInstance(
            BalancedGroupTest.class.getClassLoader(),
            new Class<?>[] {StreamOfGroup.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> "stream";
                  case "settings" -> settings;
                  case "partition" -> partition((String) arguments[0]).partition();
                  case "status" -> partition((String) arguments[0]).status();
                  case "isCommittable" -> true;
                  case "partitionIds" -> CompletableFuture.completedFuture(List.of("0", "1"));
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private String nextCreated() throws InterruptedException {
    String id = created.poll(10, TimeUnit.SECONDS);
    assertThat(id).isNotNull();
    return id;
  }

  @Test
  void aRecordThatCouldNotBeCreatedIsCreatedInALaterRound() throws Exception {
    testKit
        .spawn(BalancedGroup.create("orders@10.0.0.1:7355#1", System::nanoTime))
        .tell(new BalancedGroup.Join(stream()));

    assertThat(List.of(nextCreated(), nextCreated())).containsExactlyInAnyOrder("0", "1");
    assertThat(nextCreated()).isEqualTo("1");
    assertThat(nextCreated()).isEqualTo("1");
  }
}
