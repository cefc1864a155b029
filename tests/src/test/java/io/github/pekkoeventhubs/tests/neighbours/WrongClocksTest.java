// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.emulator.blob.BlobOperation;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.tests.ClusterNode;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import io.github.pekkoeventhubs.tests.RecordingStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.coordination.lease.javadsl.Lease;
import org.apache.pekko.coordination.lease.javadsl.LeaseProvider;
import org.apache.pekko.testkit.javadsl.TestKit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The wall clocks of the nodes are five minutes before or behind that of the services, which is
 * more than any claim lasts: claims, their expiry, hand-overs and leases are what they always are.
 * Nodes whose clocks differ from each other's are in {@code ThreeNodesIT}; that none reads its wall
 * clock is a rule of the architecture's test.
 */
class WrongClocksTest {

  private static final int PARTITIONS = 4;
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  /** So short that a test can wait for their end. */
  private static final OwnershipSettings SHORT_CLAIMS =
      ownership(Duration.ofSeconds(3), Duration.ofSeconds(5));

  /**
   * So long that no pause of a busy machine lets them expire. They are shorter than the clocks are
   * apart, too, so that a mistake shows at once.
   */
  private static final OwnershipSettings LONG_CLAIMS =
      ownership(Duration.ofSeconds(25), Duration.ofSeconds(30));

  private static final BalancedSettings QUICK_BALANCING =
      new BalancedSettings(
          Duration.ofMillis(400),
          Duration.ofMillis(100),
          Duration.ofSeconds(9),
          Duration.ofSeconds(1));

  private static OwnershipSettings ownership(Duration validity, Duration expiry) {
    return new OwnershipSettings(
        Duration.ofMillis(500),
        Duration.ofMillis(200),
        validity,
        expiry,
        Duration.ofMillis(300),
        Duration.ofMillis(100),
        Duration.ofSeconds(1));
  }

  /** The ways of placing partitions on nodes. */
  private static Stream<Subscription> subscriptions() {
    return Stream.of(Subscriptions.clusterSharded(), Subscriptions.balanced());
  }

  private static Stream<Arguments> subscriptionsAndMinutes() {
    return subscriptions()
        .flatMap(
            subscription -> Stream.of(-5, 5).map(minutes -> Arguments.of(subscription, minutes)));
  }

  private static EmbeddedServices servicesOff(int minutes) {
    return new EmbeddedServices(
        PARTITIONS, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(minutes)));
  }

  private static Consumer.DrainingControl<Done> consume(
      EmbeddedServices services,
      ClusterNode node,
      OwnershipSettings ownership,
      Subscription subscription,
      Queue<String> processed) {
    ConsumerSettings settings =
        services
            .consumerSettings(node.system())
            .withOwnership(ownership)
            .withBalanced(QUICK_BALANCING);
    return RecordingStream.run(node.system(), settings, subscription, processed);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  @ParameterizedTest(name = "{0}, {1} minutes")
  @MethodSource("subscriptionsAndMinutes")
  void partitionsAreSharedKeptAndHandedOver(Subscription subscription, int minutes)
      throws Exception {
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    try (EmbeddedServices services = servicesOff(minutes);
        ClusterNode first = ClusterNode.first();
        ClusterNode second = ClusterNode.joining(first)) {
      Consumer.DrainingControl<Done> one =
          consume(services, first, LONG_CLAIMS, subscription, processed);
      await().atMost(PATIENCE).until(() -> RecordingStream.running(one) == PARTITIONS);
      Consumer.DrainingControl<Done> two =
          consume(services, second, LONG_CLAIMS, subscription, processed);
      await()
          .atMost(PATIENCE)
          .until(() -> RecordingStream.running(one) == 2 && RecordingStream.running(two) == 2);
      services.sendToEach(200);
      await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 200);
      long claims = claims(services);
      // Each claim is renewed a few times, and none is taken for expired.
      long renewals = services.blobs().requests(BlobOperation.SET_METADATA);
      await()
          .atMost(PATIENCE)
          .until(
              () ->
                  services.blobs().requests(BlobOperation.SET_METADATA)
                      > renewals + 4 * PARTITIONS);
      assertThat(claims(services)).isEqualTo(claims);

      get(two.drainAndShutdown());
      await().atMost(PATIENCE).until(() -> RecordingStream.running(one) == PARTITIONS);
      services.sendToEach(200);
      await().atMost(PATIENCE).until(() -> processed.size() >= PARTITIONS * 400);
      get(one.drainAndShutdown());

      assertThat(processed).hasSize(PARTITIONS * 400).doesNotHaveDuplicates();
      assertThat(services.owners().values()).containsOnly("");
    }
  }

  private static long claims(EmbeddedServices services) {
    return services.blobs().writes().stream()
        .filter(write -> write.blob().contains("/ownership/"))
        .map(write -> write.blob() + write.metadata().get("pekkoclaim"))
        .distinct()
        .count();
  }

  @ParameterizedTest(name = "{0}, {1} minutes")
  @MethodSource("subscriptionsAndMinutes")
  void aForeignClaimIsRespectedUntilItHasExpiredByTheClockOfTheStore(
      Subscription subscription, int minutes) throws Exception {
    Queue<String> processed = new ConcurrentLinkedQueue<>();
    try (EmbeddedServices services = servicesOff(minutes);
        ClusterNode node = ClusterNode.first()) {
      BlobPartitionStore store =
          BlobPartitionStore.create(
              services.container(EmbeddedServices.CONTAINER), Duration.ofSeconds(30));
      get(
          store.createOwnership(
              new EventHubPartition(
                  "localhost", EmbeddedServices.EVENT_HUB, EmbeddedServices.CONSUMER_GROUP, "0"),
              "a processor that was killed",
              Map.of()));
      Consumer.DrainingControl<Done> control =
          consume(services, node, SHORT_CLAIMS, subscription, processed);
      await().atMost(PATIENCE).until(() -> RecordingStream.running(control) == PARTITIONS);

      List<BlobWrite> writes =
          services.blobs().writes().stream()
              .filter(write -> write.blob().endsWith("/ownership/0"))
              .toList();
      Instant claimed = writes.get(0).time();
      Instant taken = writes.get(1).time();
      assertThat(writes.get(1).metadata().get("ownerid"))
          .isNotEqualTo("a processor that was killed");
      // Last-Modified and Date are whole seconds.
      assertThat(Duration.between(claimed, taken))
          .isGreaterThan(SHORT_CLAIMS.expiry().minusSeconds(1));
      get(control.drainAndShutdown());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-5, 5})
  void aLeaseIsHeldWhileItIsRenewedAndTakenOnceItHasExpired(int minutes) throws Exception {
    try (EmbeddedServices services = servicesOff(minutes)) {
      ActorSystem system =
          ActorSystem.create(
              "leases",
              ConfigFactory.parseMap(
                      Map.of(
                          "pekko.eventhubs.partition-store.blob.connection-string",
                          services.blobs().connectionString(),
                          "pekko.eventhubs.blob-lease.container",
                          EmbeddedServices.CONTAINER,
                          "pekko.eventhubs.blob-lease.heartbeat-timeout",
                          Duration.ofSeconds(5),
                          "pekko.eventhubs.blob-lease.heartbeat-interval",
                          Duration.ofMillis(100),
                          "pekko.eventhubs.blob-lease.lease-operation-timeout",
                          Duration.ofSeconds(10)))
                  .withFallback(ConfigFactory.load()));
      try {
        Lease one = lease(system, "node-1");
        Lease two = lease(system, "node-2");
        AtomicBoolean lost = new AtomicBoolean();
        assertThat(get(one.acquire(reason -> lost.set(true)))).isTrue();
        long heartbeats = services.blobs().requests(BlobOperation.SET_METADATA);
        await()
            .atMost(PATIENCE)
            .until(() -> services.blobs().requests(BlobOperation.SET_METADATA) > heartbeats + 3);
        assertThat(get(two.acquire())).isFalse();
        assertThat(one.checkLease()).isTrue();

        services.blobs().faults().always().of(BlobOperation.SET_METADATA).answer(503, "ServerBusy");
        // A heartbeat that is under way when the fault ends would revive a lease not yet given up.
        await().atMost(PATIENCE).until(lost::get);
        assertThat(one.checkLease()).isFalse();
        services.blobs().faults().clear();
        await().atMost(PATIENCE).ignoreExceptions().until(() -> get(two.acquire()));
        assertThat(get(one.acquire())).isFalse();
      } finally {
        TestKit.shutdownActorSystem(system);
      }
    }
  }

  private static Lease lease(ActorSystem system, String owner) {
    return LeaseProvider.get(system).getLease("my-lease", "pekko.eventhubs.blob-lease", owner);
  }
}
