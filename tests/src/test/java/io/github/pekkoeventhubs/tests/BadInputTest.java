// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobServiceClientBuilder;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubsAuthorizationException;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.PartitionOwnedException;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.stream.javadsl.Keep;
import org.apache.pekko.stream.javadsl.Sink;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whatever is wrong fails the stream, soon, with an error that names the thing and what to do. */
class BadInputTest {

  private static ClusterNode node;

  private EmbeddedServices services;
  private ConsumerSettings settings;

  @BeforeAll
  static void startNode() {
    node = ClusterNode.first();
  }

  @AfterAll
  static void stopNode() {
    node.close();
  }

  @BeforeEach
  void start() {
    services = new EmbeddedServices(2);
    settings = services.consumerSettings(node.system());
  }

  @AfterEach
  void stop() {
    services.close();
  }

  private static Throwable failure(ConsumerSettings settings, Subscription subscription) {
    return failure(node.system(), settings, subscription);
  }

  private static Throwable failure(
      ActorSystem<?> system, ConsumerSettings settings, Subscription subscription) {
    var running =
        Consumer.committableSource(settings, subscription)
            .toMat(Sink.<CommittableEvent>ignore(), Keep.both())
            .run(system);
    Throwable error =
        catchThrowable(() -> running.second().toCompletableFuture().get(20, TimeUnit.SECONDS));
    assertThat(error).isInstanceOf(ExecutionException.class);
    assertThat(running.first().isShutdown().toCompletableFuture())
        .succeedsWithin(Duration.ofSeconds(30));
    return error.getCause();
  }

  @Test
  void aMissingConnectionString() {
    assertThat(failure(settings.withConnectionString(""), Subscriptions.clusterSharded()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("connection-string is missing");
  }

  @Test
  void aMalformedConnectionStringWithoutRepeatingItsSecret() {
    Throwable error =
        failure(
            settings.withConnectionString("Endpoint=sb://x;SharedAccessKey;top=secret"),
            Subscriptions.clusterSharded());
    assertThat(error)
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("connection-string is malformed")
        .hasNoCause();
    assertThat(error.getMessage()).doesNotContain("secret");
  }

  @ParameterizedTest
  @CsvSource({
    "cluster-sharding.minimum-hld, minimum-hld, minimum-hold",
    "cluster-shardin.minimum-hold, cluster-shardin, cluster-sharding"
  })
  void aMisspelledSettingOfTheClusterStopsTheNodeAtItsStart(
      String path, String unknown, String nearest) {
    Config config =
        ConfigFactory.parseString(
                """
                pekko.actor.provider = cluster
                pekko.remote.artery.canonical { hostname = "127.0.0.1", port = 0 }
                pekko.eventhubs.%s = 5s
                """
                    .formatted(path))
            .withFallback(ConfigFactory.load());

    assertThat(catchThrowable(() -> ActorSystem.create(Behaviors.empty(), "node", config)))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("'" + unknown + "'")
        .hasMessageContaining("'" + nearest + "'");
  }

  @Test
  void aCustomizerThatFailsIsNotTakenForAMalformedConnectionString() {
    assertThat(
            failure(
                settings.withClientCustomizer(
                    builder -> {
                      throw new IllegalArgumentException("proxy host is not valid");
                    }),
                Subscriptions.clusterSharded()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("withClientCustomizer")
        .hasMessageContaining("proxy host is not valid")
        .hasMessageNotContaining("connection-string");
  }

  @Test
  void noEventHub() {
    assertThat(failure(settings.withEventHubName(""), Subscriptions.clusterSharded()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("event-hub-name is missing");
  }

  @Test
  void anUnknownEventHub() {
    assertThat(failure(settings.withEventHubName("ordres"), Subscriptions.clusterSharded()))
        .isInstanceOf(EventHubNotFoundException.class)
        .hasMessageContaining("ordres");
  }

  @Test
  void anUnknownConsumerGroup() {
    assertThat(failure(settings.withConsumerGroup("biling"), Subscriptions.clusterSharded()))
        .isInstanceOf(EventHubNotFoundException.class)
        .hasMessageContaining("biling");
  }

  @Test
  void anUnknownFixedPartition() {
    assertThat(failure(settings, Subscriptions.partitions("0", "7")))
        .isInstanceOf(PartitionNotFoundException.class)
        .hasMessageContaining("[7]")
        .hasMessageContaining("[0, 1]");
  }

  @Test
  void anUnknownContainer() {
    ConsumerSettings other =
        settings.withPartitionStore(BlobPartitionStore.create(services.container("chekpoints")));
    assertThat(failure(other, Subscriptions.clusterSharded()))
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining("chekpoints");
  }

  @Test
  void aWrongStorageKey() {
    String wrong =
        Base64.getEncoder()
            .encodeToString("wrong".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    String connectionString =
        services.blobs().connectionString().replaceAll("AccountKey=[^;]+", "AccountKey=" + wrong);
    ConsumerSettings other =
        settings.withPartitionStore(
            BlobPartitionStore.create(
                new BlobServiceClientBuilder()
                    .connectionString(connectionString)
                    .httpClient(new JdkHttpClientBuilder().build())
                    .buildAsyncClient()
                    .getBlobContainerAsyncClient(EmbeddedServices.CONTAINER)));
    assertThat(failure(other, Subscriptions.clusterSharded()))
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining(EmbeddedServices.CONTAINER);
  }

  @Test
  void aWrongEventHubsKey() {
    try (EventHubsEmulator strict =
        EventHubsEmulator.builder()
            .eventHub(EmbeddedServices.EVENT_HUB, 2)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .sasKey("listen", "cmlnaHQ=")
            .verifySas(true)
            .start()) {
      String wrong =
          strict.connectionString().replaceAll("SharedAccessKey=[^;]+", "SharedAccessKey=d3Jvbmc=");
      assertThat(failure(settings.withConnectionString(wrong), Subscriptions.clusterSharded()))
          .isInstanceOf(EventHubsAuthorizationException.class)
          .hasMessageContaining("credentials");
    }
  }

  @Test
  void noInitialPosition() {
    ConsumerSettings none =
        ConsumerSettings.create(node.system())
            .withConnectionString(services.eventHubs().connectionString())
            .withEventHubName(EmbeddedServices.EVENT_HUB)
            .withConsumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .withPartitionStore(
                BlobPartitionStore.create(services.container(EmbeddedServices.CONTAINER)));
    assertThat(failure(none, Subscriptions.clusterSharded()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("initial-position is missing");
  }

  @Test
  void noPartitionStore() {
    ConsumerSettings none =
        ConsumerSettings.create(node.system())
            .withConnectionString(services.eventHubs().connectionString())
            .withEventHubName(EmbeddedServices.EVENT_HUB);
    assertThat(failure(none, Subscriptions.partitions("0")))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("partition-store is missing");
  }

  @Test
  void aBalancedSubscriptionWithoutPartitionStore() {
    ConsumerSettings none =
        ConsumerSettings.create(node.system())
            .withConnectionString(services.eventHubs().connectionString())
            .withEventHubName(EmbeddedServices.EVENT_HUB);
    assertThat(failure(none, Subscriptions.balanced()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("partition-store is missing: partitions cannot be claimed");
  }

  @Test
  void aBalancedSubscriptionOnAnUnknownContainer() {
    ConsumerSettings other =
        settings.withPartitionStore(BlobPartitionStore.create(services.container("chekpoints")));
    assertThat(failure(other, Subscriptions.balanced()))
        .isInstanceOf(PartitionStoreException.class)
        .hasMessageContaining("chekpoints");
  }

  @Test
  void aBalancedSubscriptionOfAnUnknownEventHub() {
    assertThat(failure(settings.withEventHubName("ordres"), Subscriptions.balanced()))
        .isInstanceOf(EventHubNotFoundException.class)
        .hasMessageContaining("ordres");
  }

  @Test
  void aHandOverDeadlineThatLeavesNoTimeToDrain() {
    assertThat(
            failure(settings.withHandoverTimeout(Duration.ofSeconds(20)), Subscriptions.balanced()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("balanced.hand-over-deadline (30s) must be at least")
        .hasMessageContaining("handover-timeout together (35s)");
  }

  @Test
  void aRenewalBesideOfficialProcessorsThatIsTooRareForTheExpiry() {
    OwnershipSettings shorter =
        new OwnershipSettings(
            Duration.ofSeconds(10),
            Duration.ofSeconds(1),
            Duration.ofSeconds(35),
            Duration.ofSeconds(40),
            Duration.ofSeconds(5),
            Duration.ofSeconds(2),
            Duration.ofSeconds(60));
    assertThat(failure(settings.withOwnership(shorter), Subscriptions.balanced()))
        .isInstanceOf(InvalidSettingsException.class)
        .hasMessageContaining("balanced.mixed-renewal-interval (30s)")
        .hasMessageContaining("half of ownership.expiry (40s)");
  }

  @Test
  void aCheckpointThatCannotBeRead() {
    writeRecord("checkpoint", Map.of("sequencenumber", "many", "offset", "no offset"));
    assertThat(failure(settings, Subscriptions.clusterSharded()))
        .isInstanceOf(CheckpointUnreadableException.class)
        .hasMessageContaining("many");
  }

  @Test
  void aCheckpointWithoutAnyPosition() {
    writeRecord("checkpoint", Map.of("something", "else"));
    assertThat(failure(settings, Subscriptions.partitions("0")))
        .isInstanceOf(CheckpointUnreadableException.class)
        .hasMessageContaining("neither");
  }

  @Test
  void fixedPartitionsOfALivingOwner() {
    writeRecord("ownership", Map.of("ownerid", "somebody"));
    assertThat(failure(settings, Subscriptions.partitions("0")))
        .isInstanceOf(PartitionOwnedException.class)
        .hasMessageContaining("somebody");
  }

  private void writeRecord(String kind, Map<String, String> metadata) {
    services
        .container(EmbeddedServices.CONTAINER)
        .getBlobAsyncClient("localhost/orders/billing/" + kind + "/0")
        .getBlockBlobAsyncClient()
        .uploadWithResponse(
            reactor.core.publisher.Flux.just(java.nio.ByteBuffer.allocate(0)),
            0,
            null,
            metadata,
            null,
            null,
            null)
        .block();
  }

  @Test
  void aSystemThatIsNoClusterMember() {
    ActorSystem<Void> local = ActorSystem.create(Behaviors.empty(), "Local");
    try {
      assertThat(failure(local, settings, Subscriptions.clusterSharded()))
          .isInstanceOf(InvalidSettingsException.class)
          .hasMessageContaining("pekko.actor.provider");
    } finally {
      local.terminate();
    }
  }

  @Test
  void aPartitionStoreThatThrowsIsNamedWithTheMethod() {
    PartitionStore broken =
        (PartitionStore)
            Proxy.newProxyInstance(
                BadInputTest.class.getClassLoader(),
                new Class<?>[] {PartitionStore.class},
                (proxy, method, arguments) -> {
                  throw new IllegalStateException("no pool");
                });

    for (Subscription subscription :
        List.of(Subscriptions.clusterSharded(), Subscriptions.partitions("0"))) {
      assertThat(failure(settings.withPartitionStore(broken), subscription))
          .isInstanceOf(PartitionStoreException.class)
          .hasMessageContaining("has broken its contract")
          .hasMessageContaining("threw IllegalStateException: no pool");
    }
  }
}
