// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.PATIENCE;
import static io.github.pekkoeventhubs.opentelemetry.CollectedSpans.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.EventHubsExtension;
import io.github.pekkoeventhubs.testkit.TestEventHub;
import io.opentelemetry.api.OpenTelemetry;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * With azure-core's plug-in for tracing on the class path, the connector's own requests make no
 * spans.
 */
class QuietStorageTest {

  private static final int PARTITIONS = 32;

  /** First of all: the SDK's plug-in asks for the global one with its first client. */
  private static final OpenTelemetry OPEN_TELEMETRY = CollectedSpans.OPEN_TELEMETRY;

  @RegisterExtension
  static final EventHubsExtension HUBS =
      EventHubsExtension.create().withEventHub("orders", PARTITIONS).withConsumerGroup("billing");

  @BeforeEach
  void forget() {
    CollectedSpans.forget();
  }

  private static BlobContainerAsyncClient client(TestEventHub orders) {
    return new BlobContainerClientBuilder()
        .connectionString(orders.blobConnectionString())
        .containerName(orders.container())
        .httpClient(BlobPartitionStore.httpClient())
        .buildAsyncClient();
  }

  private static PartitionStore configured(TestEventHub orders, String... more) {
    return BlobPartitionStore.fromConfig(
        ConfigFactory.parseString(
                "connection-string = \""
                    + orders.blobConnectionString()
                    + "\"\ncontainer = "
                    + orders.container()
                    + "\n"
                    + String.join("\n", more))
            .withFallback(
                ConfigFactory.defaultReference().getConfig(BlobPartitionStore.CONFIG_PATH)));
  }

  @Test
  void anIdleStreamMakesNoSpans(TestEventHub orders, ActorSystem<?> system) {
    EventHubsTracing tracing = EventHubsTracing.bind(OPEN_TELEMETRY, system);
    idles(orders, system, BlobPartitionStore.create(client(orders)));
    idles(orders, system, configured(orders));
    tracing.close();
  }

  @Test
  void norWhereNothingIsBound(TestEventHub orders, ActorSystem<?> system) {
    idles(orders, system, configured(orders));
  }

  private static void idles(TestEventHub orders, ActorSystem<?> system, PartitionStore store) {
    ConsumerSettings settings =
        orders
            .consumerSettings()
            .withPartitionStore(store)
            .withStallCheck(Duration.ofMillis(200))
            .withPartitionRefreshInterval(Duration.ofMillis(300))
            .withBalanced(
                new BalancedSettings(
                    Duration.ofMillis(400),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(9),
                    Duration.ofSeconds(1)));
    Consumer.DrainingControl<Done> control =
        Consumer.committableSource(settings, Subscriptions.balanced())
            .map(CommittableEvent::committableOffset)
            .toMat(Committer.sink(orders.committerSettings()), Consumer::createDrainingControl)
            .run(system);
    eventually(
        () ->
            assertThat(control.status().partitions().values())
                .hasSize(PARTITIONS)
                .allMatch(partition -> partition.state() == OwnerState.RUNNING));
    // Asked for by checks of stalls, which are repeated while nothing happens.
    eventually(
        () ->
            assertThat(control.status().partitions().values())
                .allMatch(partition -> partition.lastEnqueued().isPresent()));
    assertThat(control.drainAndShutdown().toCompletableFuture()).succeedsWithin(PATIENCE);
    assertThat(CollectedSpans.names()).isEmpty();
  }

  @Test
  void requestsAreTracedWhereThatIsAskedFor(TestEventHub orders) {
    ask(configured(orders, "trace-requests = on", "request-timeout = 30s"));
    assertThat(CollectedSpans.names()).as("from the configuration").isNotEmpty();
    CollectedSpans.forget();
    BlobPartitionStore store = BlobPartitionStore.create(client(orders), Duration.ofSeconds(30));
    ask(store);
    assertThat(CollectedSpans.names()).as("a given client").isEmpty();
    ask(store.withTracedRequests());
    assertThat(CollectedSpans.names()).as("a given client, asked for").isNotEmpty();
  }

  private static void ask(PartitionStore store) {
    try {
      store.serverTime().toCompletableFuture().join();
    } catch (CompletionException e) {
      throw new AssertionError("the store does not answer", e);
    }
  }
}
