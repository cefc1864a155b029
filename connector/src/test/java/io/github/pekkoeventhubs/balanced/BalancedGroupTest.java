// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.group.Supervised;
import io.github.pekkoeventhubs.ownership.LivePartitionStatus;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
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
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorRef;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BalancedGroupTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final ActorTestKit testKit =
      ActorTestKit.create("BalancedGroupTest", ConfigFactory.load());
  private final LinkedBlockingQueue<String> created = new LinkedBlockingQueue<>();
  private final Queue<StoredOwnership> records = new ConcurrentLinkedQueue<>();
  private final Map<String, Known> partitions = new ConcurrentHashMap<>();

  private final Queue<String> failed = new ConcurrentLinkedQueue<>();
  private volatile @Nullable Throwable listingFailure;

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
                  case "listOwnerships" ->
                      listingFailure == null
                          ? CompletableFuture.completedFuture(List.copyOf(records))
                          : CompletableFuture.failedFuture(listingFailure);
                  case "createOwnership" -> {
                    String id = ((EventHubPartition) arguments[0]).partitionId();
                    created.add(id);
                    yield id.equals("1")
                        ? CompletableFuture.failedFuture(
                            new PartitionStoreException("server busy", null, true))
                        : CompletableFuture.completedFuture(Optional.of(recordOf(id)));
                  }
                  case "readOwnership" -> new CompletableFuture<>();
                  case "description" -> "a store in memory";
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
    return stream("stream", false);
  }

  private StreamOfGroup stream(String id, boolean hasBug) {
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
                  case "id" -> id;
                  case "fail" ->
                      failed.add(id + ": " + StageFailure.messageOf((Throwable) arguments[0]));
                  case "settings" -> settings;
                  case "partition" -> partition((String) arguments[0]).partition();
                  case "status" -> partition((String) arguments[0]).status();
                  case "isCommittable" -> true;
                  case "tracing" -> PartitionTracing.NONE;
                  case "partitionIds" -> {
                    if (hasBug) {
                      throw new IllegalStateException("a bug");
                    }
                    yield CompletableFuture.completedFuture(List.of("0", "1"));
                  }
                  case "placed" -> null;
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

  @Test
  void aStoreThatFailsForGoodInMidRunFailsEveryStreamOfTheGroup() throws Exception {
    ActorRef<BalancedGroup.Command> group =
        testKit.spawn(BalancedGroup.create("orders@10.0.0.1:7355#1", System::nanoTime));
    group.tell(new BalancedGroup.Join(stream("first", false)));
    group.tell(new BalancedGroup.Join(stream("second", false)));
    nextCreated();
    nextCreated();

    listingFailure = new PartitionStoreException("the key was refused", null, false);

    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(failed)
                    .contains("first: the key was refused", "second: the key was refused"));
  }

  @Test
  void aStoreThatIsBusyInMidRunFailsNoStream() throws Exception {
    ActorRef<BalancedGroup.Command> group =
        testKit.spawn(BalancedGroup.create("orders@10.0.0.1:7355#1", System::nanoTime));
    group.tell(new BalancedGroup.Join(stream()));
    nextCreated();
    nextCreated();
    listingFailure = new PartitionStoreException("server busy", null, true);
    created.clear();
    records.clear();

    await().during(Duration.ofMillis(500)).atMost(PATIENCE).until(failed::isEmpty);
    listingFailure = null;

    assertThat(nextCreated()).as("the rounds go on").isNotEmpty();
  }

  @Test
  void aGroupThatThrowsTellsItsStreamsAndIsReplacedUnderTheSameReference() throws Exception {
    ActorRef<BalancedGroup.Command> group =
        testKit.spawn(
            Supervised.group(BalancedGroup.create("orders@10.0.0.1:7355#1", System::nanoTime)));
    group.tell(new BalancedGroup.Join(stream("healthy", false)));
    nextCreated();
    nextCreated();

    group.tell(new BalancedGroup.Join(stream("broken", true)));
    await()
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(failed)
                    .anySatisfy(text -> assertThat(text).startsWith("healthy: the actor of the"))
                    .anySatisfy(text -> assertThat(text).startsWith("broken: the actor of the")));

    records.clear();
    created.clear();
    group.tell(new BalancedGroup.Join(stream("next", false)));
    assertThat(nextCreated()).isNotEmpty();
    CompletableFuture<Done> left = new CompletableFuture<>();
    group.tell(new BalancedGroup.Leave(stream("healthy", false), "it has failed", left));
    await().atMost(PATIENCE).until(left::isDone);
  }
}
