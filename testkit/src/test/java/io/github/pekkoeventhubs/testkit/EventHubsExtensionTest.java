// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static io.github.pekkoeventhubs.testkit.EventHubsAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubConsumerClient;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.messaging.eventhubs.models.SendOptions;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import io.github.pekkoeventhubs.emulator.clients.BlobClients;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;

class EventHubsExtensionTest {

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create()
          .withEventHub("orders", 4)
          .withConsumerGroup("billing")
          .withEventHub("parcels", 1);

  private static final Set<String> NAMES = ConcurrentHashMap.newKeySet();

  @BeforeAll
  static void servicesRunBeforeTheTests(EventHubsEmulator eventHubs, BlobEmulator blobs) {
    assertThat(eventHubs.port()).isPositive();
    assertThat(blobs.port()).isPositive();
  }

  @BeforeEach
  void eachTestHasAnEventHubOfItsOwn(TestEventHub orders) {
    assertThat(NAMES.add(orders.name())).isTrue();
    assertThat(orders.lastSequenceNumber("0")).isEqualTo(-1);
    assertThat(orders).hasCheckpoints(Map.of());
  }

  @RepeatedTest(2)
  void streamsReadSendAndCommit(TestEventHub orders, ActorSystem<?> system) {
    orders.send("0", "a", "b");
    orders.send("3", "c");

    Consumer.DrainingControl<Done> control = run(orders, system);
    orders.partition("0").of(control).awaitAssigned().awaitPosition(1).awaitAcknowledged(1);
    orders.partition("3").of(control).awaitPosition(0);
    control.drainAndShutdown().toCompletableFuture().join();

    orders.partition("0").of(control).awaitRevoked().awaitReleased().awaitCheckpoint(1);
    assertThat(orders).isProcessedToTheEnd().hasCheckpoints(Map.of("0", 1L, "3", 0L));
    assertThat(orders)
        .partition("0")
        .hasCheckpoint(1)
        .isReleased()
        .neverWentBack()
        .partition("1")
        .hasNoCheckpoint();
    assertThat(orders.checkpoints().history("0")).endsWith(1L);
    assertThat(orders.checkpoints().metadata("0")).containsEntry("sequencenumber", "1");
  }

  @Test
  void whatAServiceWantsOfItsProcessDoesNotEndTheTests() {
    Config service =
        ConfigFactory.parseString(
            "pekko { coordinated-shutdown.exit-jvm = on, remote.artery.canonical.port = 25520 }");

    Config settings = EventHubsExtension.settings(ConfigFactory.empty(), service);
    assertThat(settings.getBoolean("pekko.coordinated-shutdown.exit-jvm")).isFalse();
    assertThat(settings.getInt("pekko.remote.artery.canonical.port")).isZero();
    assertThat(EventHubsExtension.settings(service, ConfigFactory.empty()).entrySet())
        .as("what the test itself says counts")
        .containsAll(service.entrySet());
  }

  @Test
  void saysWhatIsDifferent(TestEventHub orders) {
    orders.send("0", "a");

    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> assertThat(orders).partition("0").hasCheckpoint(3))
        .withMessageContaining("is none, not 3");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> assertThat(orders).isProcessedToTheEnd())
        .withMessageContaining("last event is 0");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> assertThat(orders).partition("7"));
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> orders.partition("0").within(Duration.ofMillis(20)).awaitCheckpoint(0))
        .withMessageEndingWith("has no checkpoint 0 within 20ms. Found: nothing");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> orders.partition("0").within(Duration.ofMillis(20)).awaitOwner())
        .withMessageContaining("is owned by nobody");
    assertThatExceptionOfType(AssertionError.class)
        .isThrownBy(() -> assertThat(orders).partition("0").isOwned())
        .withMessageContaining("is owned by nobody");
  }

  @Test
  void testsDoNotWaitLongAfterTheFaultsTheyAskFor(
      ConsumerSettings consumer, ProducerSettings producer) {
    assertThat(consumer.reconnectMinBackoff()).isEqualTo(Duration.ofMillis(10));
    assertThat(producer.retryMinBackoff()).isEqualTo(Duration.ofMillis(10));
  }

  @Test
  void tellsWhetherAPartitionIsOwned(TestEventHub orders, ActorSystem<?> system) {
    Consumer.DrainingControl<Done> control =
        run(orders, orders.consumerSettings(), Subscriptions.balanced(), system);

    orders.partition("3").awaitOwner();
    assertThat(orders).partition("3").isOwned();

    control.drainAndShutdown().toCompletableFuture().join();
    orders.partition("3").awaitReleased();
    assertThat(orders).partition("3").isReleased();
  }

  @Test
  void aStreamRunsOnAStoreInMemory(TestEventHub orders, ActorSystem<?> system) {
    InMemoryPartitionStore store = InMemoryPartitionStore.create();
    EventHubPartition partition = orders.partition("0").id();
    orders.send("0", "a", "b");

    Consumer.DrainingControl<Done> control =
        run(
            orders,
            orders.consumerSettings().withPartitionStore(store),
            Subscriptions.balanced(),
            system);
    orders.partition("0").of(control).awaitAcknowledged(1);
    assertThat(join(store.readOwnership(partition)).orElseThrow().ownerId()).isNotEmpty();
    control.drainAndShutdown().toCompletableFuture().join();

    assertThat(join(store.readCheckpoint(partition)).orElseThrow().sequenceNumber()).hasValue(1);
    assertThat(join(store.readOwnership(partition)).orElseThrow().ownerId()).isEmpty();
    assertThat(orders).hasCheckpoints(Map.of());
  }

  @Test
  void faultsConcernTheEventHubOfTheTest(
      TestEventHub orders,
      @NamedEventHub("parcels") TestEventHub parcels,
      EventHubsFaults faults,
      BlobFaults blobFaults) {
    parcels.send("0", "parcel");
    try (EventHubConsumerClient consumer = parcels.clientBuilder().buildConsumerClient()) {
      assertThat(consumer.getPartitionIds()).containsExactly("0");

      assertThat(faults.dropConnections().hits()).isZero();
      assertThat(parcels.faults().dropConnections().hits()).isEqualTo(1);
    }
    blobFaults.always().answer(503, "ServerBusy");
    assertThat(parcels.partition("0").checkpoint()).isEmpty();
    assertThatExceptionOfType(RuntimeException.class)
        .isThrownBy(() -> orders.partition("0").checkpoint());
    blobFaults.clear();
    assertThat(orders.partition("0").checkpoint()).isEmpty();
  }

  @Test
  void parametersBelongTogether(
      ActorTestKit kit,
      ActorSystem<?> system,
      TestEventHub orders,
      ConsumerSettings consumer,
      ProducerSettings producer,
      CommitterSettings committer,
      PartitionStore store) {
    assertThat(kit.system()).isSameAs(system);
    assertThat(consumer.eventHubName()).isEqualTo(orders.name()).startsWith("orders-");
    assertThat(consumer.consumerGroup()).isEqualTo("billing");
    assertThat(consumer.partitionStore()).containsSame(store);
    assertThat(producer.eventHubName()).isEqualTo(orders.name());
    assertThat(committer.maxBatch()).isPositive();
  }

  @Nested
  class InNestedClasses {
    @Test
    void theServicesAreTheSame(EventHubsEmulator eventHubs) {
      assertThat(eventHubs).isSameAs(HUBS.eventHubs());
    }
  }

  /** The second test finds nothing of what the first one has asked for. */
  @Nested
  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  class FaultsOfTheWholeService {
    private static final String BUSY = "com.microsoft:server-busy";

    @Test
    @Order(1)
    void areAskedForAndNotUsedUp(TestEventHub orders) {
      for (EventHubsFaults faults : List.of(orders.faults(), orders.eventHubs().faults())) {
        faults.refuseNextManagementLinks(1000, BUSY, "A fault");
        faults.refuseNextTokenLinks(1000, BUSY, "A fault");
        faults.jumpClock(Duration.ofDays(-1));
        faults.rejectNextSends(1000, BUSY);
      }
      orders.blobs().jumpClock(Duration.ofDays(-1));
      orders.blobs().faults().always().answer(503, "ServerBusy");
    }

    @Test
    @Order(2)
    void areOverInTheNextTest(TestEventHub orders) {
      assertThat(orders.partition("0").checkpoint()).isEmpty();
      try (EventHubProducerClient producer = orders.clientBuilder().buildProducerClient()) {
        assertThat(producer.getPartitionIds()).hasSize(4);
        producer.send(List.of(new EventData("a")), new SendOptions().setPartitionId("0"));
      }
      Instant yesterday = Instant.now().minus(Duration.ofHours(12));
      assertThat(orders.eventHubs().events(orders.name(), "0"))
          .singleElement()
          .satisfies(event -> assertThat(event.enqueuedTime()).isAfter(yesterday));
      BlobClients.put(
          BlobClients.container(orders.blobConnectionString(), orders.container())
              .getBlobClient("any"),
          Map.of());
      assertThat(orders.blobs().blob(orders.container(), "any").orElseThrow().lastModified())
          .isAfter(yesterday);
    }
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static Consumer.DrainingControl<Done> run(TestEventHub orders, ActorSystem<?> system) {
    return run(
        orders, orders.consumerSettings(), Subscriptions.partitions("0", "1", "2", "3"), system);
  }

  private static Consumer.DrainingControl<Done> run(
      TestEventHub orders,
      ConsumerSettings settings,
      Subscription subscription,
      ActorSystem<?> system) {
    return Consumer.committableSource(settings, subscription)
        .map(event -> event.committableOffset())
        .via(Committer.batchFlow(orders.committerSettings().withMaxBatch(1)))
        .toMat(Sink.ignore(), Consumer::createDrainingControl)
        .run(system);
  }
}
