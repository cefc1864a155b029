// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.ownership.LivePartitionStatus;
import io.github.pekkoeventhubs.ownership.OneRecordStore;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.store.GuardedPartitionStore;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No owner of a fixed partition ends unnoticed. */
class FixedPlacementTest {

  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", "0");

  private final ActorTestKit testKit = ActorTestKit.create("FixedPlacement", ConfigFactory.load());
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final OneRecordStore store = new OneRecordStore(PARTITION);
  private final FixedPlacement placement =
      new FixedPlacement(testKit.system(), Map.of("0", Optional.empty()), System::nanoTime);

  @AfterEach
  void stop() {
    testKit.shutdownTestKit();
  }

  /** Throws a bug of ours where an owner asks for the user's position. */
  private StreamOfGroup stream(boolean hasBug) {
    return stream(hasBug, List.of("0"));
  }

  private StreamOfGroup stream(boolean hasBug, List<String> partitionIds) {
    ConsumerSettings settings =
        ConsumerSettings.create(
                ConfigFactory.defaultReference().getConfig(ConsumerSettings.CONFIG_PATH))
            .withInitialPosition(EventPosition.earliest())
            .withPartitionStore(GuardedPartitionStore.guarding(store));
    LivePartitionStatus status =
        new LivePartitionStatus(PARTITION, System::nanoTime, () -> Instant.EPOCH);
    return (StreamOfGroup)
        Proxy.newProxyInstance(
            FixedPlacementTest.class.getClassLoader(),
            new Class<?>[] {StreamOfGroup.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "id" -> "fixed";
                  case "settings" -> settings;
                  case "partition" -> PARTITION;
                  case "isCommittable" -> true;
                  case "tracing" -> PartitionTracing.NONE;
                  case "partitionIds" -> CompletableFuture.completedFuture(partitionIds);
                  case "positionOnAssign" -> CompletableFuture.completedFuture(Optional.empty());
                  case "status" -> {
                    if (hasBug) {
                      throw new IllegalStateException("a bug");
                    }
                    yield status;
                  }
                  case "fail" -> failures.add((Throwable) arguments[0]);
                  case "placed" -> null;
                  default -> throw new UnsupportedOperationException(method.getName());
                });
  }

  private Throwable failure() {
    await().atMost(PATIENCE).until(() -> !failures.isEmpty());
    return failures.element();
  }

  @Test
  void anOwnerThatThrowsFailsItsStreamWithThePartitionAndTheCause() {
    placement.join(stream(true));

    assertThat(failure())
        .isInstanceOf(EventHubsException.class)
        .hasMessageStartingWith(
            "the owner of "
                + PARTITION
                + " has ended unexpectedly:"
                + " java.lang.IllegalStateException: a bug")
        .hasCauseInstanceOf(IllegalStateException.class);
  }

  @Test
  void aPartitionThatTheEventHubDoesNotHaveFailsTheStreamWithThoseThatThereAre() {
    placement.join(stream(false, List.of("10", "9")));

    assertThat(failure())
        .isInstanceOf(PartitionNotFoundException.class)
        .hasMessageStartingWith(
            "event hub 'orders' has no partition [0] but [9, 10]: name one of these, or add"
                + " partitions to the event hub");
  }

  @Test
  void anEventHubThatNamesNoPartitionFailsTheStream() {
    placement.join(stream(false, List.of()));

    assertThat(failure())
        .isInstanceOf(PartitionNotFoundException.class)
        .hasMessageStartingWith("event hub 'orders' has no partition [0] and no other");
  }

  @Test
  void aStreamWhoseOwnerHasThrownStillLeaves() throws Exception {
    StreamOfGroup stream = stream(true);
    placement.join(stream);
    failure();

    placement
        .leave(stream, "the stream has failed")
        .toCompletableFuture()
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @Test
  void aStoreThatThrowsFailsTheStreamAsOneThatFailsAStage() {
    store.failByThrowing(new IllegalStateException("no pool"));

    placement.join(stream(false));

    assertThat(failure())
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining("readOwnership threw IllegalStateException: no pool");
  }
}
