// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConcurrentCheckpointException;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.apache.pekko.Done;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.testkit.typed.javadsl.ActorTestKit;
import org.apache.pekko.actor.testkit.typed.javadsl.TestProbe;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Partitions that are read without claims, on an actor system that is no cluster member. */
class FixedPartitionsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private EmbeddedServices services;
  private ActorTestKit kit;

  @BeforeEach
  void start() {
    services = new EmbeddedServices(3);
    kit = ActorTestKit.create();
  }

  @AfterEach
  void stop() {
    kit.shutdownTestKit();
    services.close();
  }

  private Consumer.DrainingControl<Done> consume(
      Subscription subscription, Queue<String> processed) {
    return Consumer.committableSource(services.consumerSettings(kit.system()), subscription)
        .map(
            event -> {
              processed.add(
                  event.partition().partitionId() + "/" + event.event().getBodyAsString());
              return event.committableOffset();
            })
        .toMat(
            Committer.sink(CommitterSettings.create(kit.system())), Consumer::createDrainingControl)
        .run(kit.system());
  }

  @Test
  void onlyTheNamedPartitionsAreReadFromTheirCheckpointsAndNothingIsClaimed() throws Exception {
    services.sendToEach(100);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control = consume(Subscriptions.partitions("0", "2"), processed);
    await().atMost(PATIENCE).until(() -> processed.size() >= 200);
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(processed).hasSize(200).noneMatch(name -> name.startsWith("1/"));
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L, "2", 99L));
    assertThat(services.owners()).isEmpty();

    services.sendToEach(1);
    Queue<String> after = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> again = consume(Subscriptions.partitions("0", "2"), after);
    await().atMost(PATIENCE).until(() -> after.size() >= 2);
    again.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(after).containsExactlyInAnyOrder("0/100", "2/100");
  }

  @Test
  void theConnectionsAreSharedEvenlyWhateverTheIdsOfThePartitions() throws Exception {
    services.sendToEach(1);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control = consume(Subscriptions.partitions("0", "2"), processed);
    await().atMost(PATIENCE).until(() -> processed.size() >= 2);
    assertThat(services.eventHubs().connectionCount()).isEqualTo(2);
    control.drainAndShutdown().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  @Test
  void aLostConnectionIsResumedAfterTheLastEvent() throws Exception {
    services.sendToEach(50);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control = consume(Subscriptions.partitions("1"), processed);
    await().atMost(PATIENCE).until(() -> processed.size() >= 50);
    services.eventHubs().faults().dropConnections();
    services.sendToEach(50);
    await().atMost(PATIENCE).until(() -> processed.size() >= 100);
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(processed).hasSize(100).doesNotHaveDuplicates();
  }

  /** The SDK does not renew a token in time where the service has failed to take it once. */
  @Test
  void aLinkWhoseTokenHasExpiredIsFollowedByOneWithANewToken() throws Exception {
    services.sendToEach(50);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control = consume(Subscriptions.partitions("1"), processed);
    await().atMost(PATIENCE).until(() -> processed.size() >= 50);

    services
        .eventHubs()
        .faults()
        .detachReceivers(EmbeddedServices.EVENT_HUB, "1", "amqp:unauthorized-access");
    services.sendToEach(50);

    await().atMost(PATIENCE).until(() -> processed.size() >= 100);
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(processed).hasSize(100).doesNotHaveDuplicates();
  }

  @Test
  void rightsThatAreGoneFailTheStreamAtTheNextLink() throws Exception {
    services.sendToEach(50);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control = consume(Subscriptions.partitions("1"), processed);
    await().atMost(PATIENCE).until(() -> processed.size() >= 50);
    FaultHandle refused =
        services
            .eventHubs()
            .faults()
            .refuseNextAttaches(1000, "amqp:unauthorized-access", "No Listen claim");

    services
        .eventHubs()
        .faults()
        .detachReceivers(EmbeddedServices.EVENT_HUB, "1", "amqp:unauthorized-access");

    assertThat(control.streamCompletion())
        .failsWithin(PATIENCE)
        .withThrowableThat()
        .havingRootCause()
        .withMessageContaining("No Listen claim");
    assertThat(refused.hits()).isEqualTo(1);
  }

  /** The SDK says nothing for more than a minute when the service ends just the session. */
  @Test
  void aReceiverThatHasStalledWithoutAWordIsRebuilt() throws Exception {
    services.sendToEach(50);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(
                services.consumerSettings(kit.system()).withStallCheck(Duration.ofMillis(300)),
                Subscriptions.partitions("1"))
            .map(
                event -> {
                  processed.add(event.event().getBodyAsString());
                  return event.committableOffset();
                })
            .toMat(
                Committer.sink(CommitterSettings.create(kit.system())),
                Consumer::createDrainingControl)
            .run(kit.system());
    await().atMost(PATIENCE).until(() -> processed.size() >= 50);
    services.eventHubs().faults().endSessions();
    services.sendToEach(50);
    await().atMost(PATIENCE).until(() -> processed.size() >= 100);
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(processed).hasSize(100).doesNotHaveDuplicates();
  }

  /** Nothing that is asked through it is answered either. */
  @Test
  void aConnectionThatHasGoneDeafIsReplaced() throws Exception {
    services.sendToEach(50);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(
                services
                    .consumerSettings(kit.system())
                    .withConnections(1)
                    .withStallCheck(Duration.ofMillis(300))
                    .withMetadataTimeout(Duration.ofMillis(500)),
                Subscriptions.partitions("0", "1"))
            .map(
                event -> {
                  processed.add(
                      event.partition().partitionId() + "/" + event.event().getBodyAsString());
                  return event.committableOffset();
                })
            .toMat(
                Committer.sink(CommitterSettings.create(kit.system())),
                Consumer::createDrainingControl)
            .run(kit.system());
    await().atMost(PATIENCE).until(() -> processed.size() >= 100);
    try (FaultHandle frozen = services.eventHubs().faults().freezeConnections()) {
      services.sendToEach(50);
      await().atMost(PATIENCE).until(() -> processed.size() >= 200);
      assertThat(frozen.hits()).isPositive();
    }
    control.drainAndShutdown().toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(processed).hasSize(200).doesNotHaveDuplicates();
  }

  @Test
  void theListenerHearsOfAssignmentAndHandOver() throws Exception {
    TestProbe<PartitionLifecycle> listener = kit.createTestProbe(PartitionLifecycle.class);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control =
        consume(Subscriptions.partitions("1").withPartitionListener(listener.getRef()), processed);
    EventHubPartition partition = new EventHubPartition("localhost", "orders", "billing", "1");
    // Without a fencing token: nobody claims the partition.
    listener.expectMessage(new PartitionLifecycle.Assigned(partition));
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    listener.expectMessage(new PartitionLifecycle.Revoking(partition, Duration.ofSeconds(8)));
    listener.expectMessage(new PartitionLifecycle.Revoked(partition, "the stream has stopped"));
  }

  @Test
  void aSubSourceCompletesAndItsEventsAreCommittedWhenTheSourceStops() throws Exception {
    services.sendToEach(100);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control =
        Consumer.committablePartitionedSource(
                services.consumerSettings(kit.system()), Subscriptions.partitions("0", "1", "2"))
            .mapAsyncUnordered(
                3,
                partition ->
                    partition
                        .second()
                        .map(
                            event -> {
                              processed.add(
                                  partition.first().partitionId()
                                      + "/"
                                      + event.event().getBodyAsString());
                              return event.committableOffset();
                            })
                        .runWith(
                            Committer.sink(CommitterSettings.create(kit.system())), kit.system()))
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(kit.system());
    await().atMost(PATIENCE).until(() -> processed.size() >= 300);
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(processed).hasSize(300).doesNotHaveDuplicates();
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L, "1", 99L, "2", 99L));
  }

  @Test
  void aStreamThatNeverCommitsDoesNotHoldTheShutdownBeyondItsBound() throws Exception {
    services.sendToEach(10);
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(
                services.consumerSettings(kit.system()).withHandoverTimeout(Duration.ofSeconds(2)),
                Subscriptions.partitions("0"))
            .map(event -> seen.add(event.event().getBodyAsString()))
            .toMat(Sink.ignore(), Consumer::createDrainingControl)
            .run(kit.system());
    await().atMost(PATIENCE).until(() -> seen.size() >= 10);
    control.drainAndShutdown().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(control.isShutdown().toCompletableFuture()).isDone();
  }

  @Test
  void aShutdownOfTheActorSystemCommitsWhatWasProcessed() throws Exception {
    services.sendToEach(100);
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    consume(Subscriptions.partitions("0"), processed);
    await().atMost(PATIENCE).until(() -> processed.size() >= 100);
    CoordinatedShutdown.get(kit.system())
        .runAll(CoordinatedShutdown.unknownReason())
        .toCompletableFuture()
        .get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L));
  }

  /** Sharding has ten seconds for what the phase before would cut off after five. */
  @Test
  void aShutdownOfTheActorSystemDrainsForAsLongAsShardingDoes() throws Exception {
    ActorTestKit shutDown =
        ActorTestKit.create(
            "drains-late",
            ConfigFactory.parseString(
                    "pekko.coordinated-shutdown.phases.service-stop.timeout = 100 ms")
                .withFallback(ConfigFactory.load()));
    try {
      CompletableFuture<Done> mayFinish = new CompletableFuture<>();
      CompletableFuture<Map<String, Long>> afterDraining = new CompletableFuture<>();
      CoordinatedShutdown shutdown = CoordinatedShutdown.get(shutDown.system());
      shutdown.addTask(
          CoordinatedShutdown.PhaseClusterShardingShutdownRegion(),
          "let the stream finish",
          () -> {
            mayFinish.complete(Done.getInstance());
            return mayFinish;
          });
      shutdown.addTask(
          CoordinatedShutdown.PhaseClusterExiting(),
          "look at the checkpoints",
          () -> {
            afterDraining.complete(services.checkpoints());
            return CompletableFuture.completedFuture(Done.getInstance());
          });
      services.sendToEach(10);
      AtomicInteger begun = new AtomicInteger();
      Consumer.committableSource(
              services.consumerSettings(shutDown.system()), Subscriptions.partitions("0"))
          .mapAsync(
              10,
              event -> {
                begun.incrementAndGet();
                return mayFinish.thenApply(done -> event.committableOffset());
              })
          .runWith(Committer.sink(CommitterSettings.create(shutDown.system())), shutDown.system());
      await().atMost(PATIENCE).until(() -> begun.get() == 10);

      shutdown
          .runAll(CoordinatedShutdown.unknownReason())
          .toCompletableFuture()
          .get(20, TimeUnit.SECONDS);

      assertThat(afterDraining).isCompletedWithValue(Map.of("0", 9L));
    } finally {
      shutDown.shutdownTestKit();
    }
  }

  @Test
  void aHandOverThatIsLongerThanTheShutdownIsWarnedAbout() throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    root.addAppender(log);
    try {
      Consumer.DrainingControl<Done> control =
          Consumer.committableSource(
                  services
                      .consumerSettings(kit.system())
                      .withHandoverTimeout(Duration.ofSeconds(10)),
                  Subscriptions.partitions("0"))
              .toMat(Sink.ignore(), Consumer::createDrainingControl)
              .run(kit.system());
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  List.copyOf(log.list).stream()
                      .map(ILoggingEvent::getFormattedMessage)
                      .anyMatch(
                          message ->
                              message.contains("handover-timeout (10s) does not fit")
                                  && message.contains(
                                      "Set pekko.coordinated-shutdown.phases"
                                          + ".cluster-sharding-shutdown-region.timeout to at least"
                                          + " 11s")));
      control.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);
    } finally {
      root.detachAppender(log);
    }
  }

  /** The service lets no receiver without an owner level in beside one that has one. */
  @Test
  void aForcedPartitionLeavesItsOwnerAloneAndIsReadWhenThatHasGone() throws Exception {
    services.sendToEach(10);
    ConsumerSettings settings =
        services
            .consumerSettings(kit.system())
            .withReconnectBackoff(Duration.ofMillis(50), Duration.ofMillis(200));
    Queue<String> owned = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> owner =
        Consumer.committableSource(settings, Subscriptions.balanced())
            .map(
                event -> {
                  owned.add(event.partition() + "/" + event.event().getBodyAsString());
                  return event.committableOffset();
                })
            .toMat(
                Committer.sink(CommitterSettings.create(kit.system())),
                Consumer::createDrainingControl)
            .run(kit.system());
    await().atMost(PATIENCE).until(() -> owned.size() >= 30);
    Map<String, String> owners = services.owners();
    Queue<String> forced = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> control =
        Consumer.plainSource(settings.withForcedPartitions(), Subscriptions.partitions("0"))
            .map(event -> event.getData().getBodyAsString())
            .toMat(Sink.foreach(forced::add), Consumer::createDrainingControl)
            .run(kit.system());
    await()
        .atMost(PATIENCE)
        .until(
            () ->
                Optional.ofNullable(control.status().partitions().get("0"))
                    .flatMap(ConsumerStatus.PartitionStatus::lastError)
                    .isPresent());

    services.sendToEach(10);
    await().atMost(PATIENCE).until(() -> owned.size() >= 60);
    assertThat(services.owners()).isEqualTo(owners);
    owner.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);
    services.sendToEach(10);
    await().atMost(PATIENCE).until(() -> forced.contains("29"));
    control.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);
    assertThat(owned).hasSize(60).doesNotHaveDuplicates();
  }

  @Test
  void ofTwoStreamsThatCommitAPartitionTheOneBehindFails() throws Exception {
    services.sendToEach(100);
    CompletableFuture<Done> mayCommit = new CompletableFuture<>();
    Queue<String> behind = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> late =
        Consumer.committableSource(
                services.consumerSettings(kit.system()), Subscriptions.partitions("0"))
            .mapAsync(
                1,
                event -> {
                  behind.add(event.event().getBodyAsString());
                  return mayCommit.thenApply(done -> event.committableOffset());
                })
            .toMat(
                Committer.sink(CommitterSettings.create(kit.system()).withMaxBatch(1)),
                Consumer::createDrainingControl)
            .run(kit.system());
    await().atMost(PATIENCE).until(() -> !behind.isEmpty());
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    Consumer.DrainingControl<Done> early = consume(Subscriptions.partitions("0"), processed);
    await().atMost(PATIENCE).until(() -> services.checkpoints().equals(Map.of("0", 99L)));

    mayCommit.complete(Done.getInstance());

    assertThatThrownBy(
            () -> late.streamCompletion().toCompletableFuture().get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(ConcurrentCheckpointException.class)
        .hasMessageContaining("somebody else commits the same partition");
    early.drainAndShutdown().toCompletableFuture().get(10, TimeUnit.SECONDS);
    assertThat(services.checkpoints()).isEqualTo(Map.of("0", 99L));
  }

  @Test
  void aPartitionWhoseSourceIsNotRunIsWarnedAboutOnce() throws Exception {
    Logger logger = (Logger) LoggerFactory.getLogger("io.github.pekkoeventhubs.PartitionOwner");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    try {
      services.sendToEach(10);
      Queue<String> processed = new ConcurrentLinkedQueue<>();
      Consumer.DrainingControl<Done> control =
          Consumer.committablePartitionedSource(
                  services.consumerSettings(kit.system()).withStallCheck(Duration.ofMillis(200)),
                  Subscriptions.partitions("0", "1"))
              .flatMapMerge(
                  1, partition -> partition.second().map(CommittableEvent::committableOffset))
              .map(
                  offset -> {
                    processed.add(offset.partition().partitionId());
                    return offset;
                  })
              .toMat(
                  Committer.sink(CommitterSettings.create(kit.system())),
                  Consumer::createDrainingControl)
              .run(kit.system());
      await().atMost(PATIENCE).until(() -> processed.size() == 10);
      String unread = "/" + (processed.contains("0") ? "1" : "0") + "]";
      await().atMost(PATIENCE).until(() -> notRun(log).stream().anyMatch(in(unread)));
      // So that several more checks have passed.
      services.eventHubs().faults().endSessions();
      services.sendToEach(10);
      await().atMost(PATIENCE).until(() -> processed.size() == 20);
      control.drainAndShutdown().toCompletableFuture().get(15, TimeUnit.SECONDS);

      // On a busy machine the other source may not have been run either when it was looked at
      // first.
      assertThat(notRun(log)).doesNotHaveDuplicates().filteredOn(in(unread)).hasSize(1);
    } finally {
      logger.detachAppender(log);
    }
  }

  private static Predicate<String> in(String partition) {
    return message -> message.contains(partition);
  }

  private static List<String> notRun(ListAppender<ILoggingEvent> log) {
    return List.copyOf(log.list).stream()
        .map(ILoggingEvent::getFormattedMessage)
        .filter(message -> message.contains("has not been run"))
        .toList();
  }
}
