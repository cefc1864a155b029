// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.neighbours;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerClientBuilder;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.PartitionState;
import io.github.pekkoeventhubs.tests.ClusterNode;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.Done;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** KEDA's scaler reads the checkpoints that our streams write. */
class KedaScalerTest {

  private static final String CONTAINER = "checkpoints";
  private static final String GROUP = "Billing";
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final String NEVER_FILLED = "0";
  private static final String FILLED = "1";
  private static final String TRIMMED = "2";
  private static final String EMPTIED = "3";

  private final BlobEmulator blobs = BlobEmulator.builder().container(CONTAINER).start();
  private ClusterNode node;

  @BeforeEach
  void start() {
    node = ClusterNode.first();
  }

  @AfterEach
  void stop() {
    node.close();
    blobs.close();
  }

  private static EventHubsEmulator hub(boolean geoReplicated) {
    EventHubsEmulator.Builder builder =
        EventHubsEmulator.builder().eventHub("Orders", 4).consumerGroup(GROUP);
    EventHubsEmulator hub = (geoReplicated ? builder.geoReplicatedOffsets() : builder).start();
    for (String partition : new String[] {FILLED, TRIMMED, EMPTIED}) {
      for (int event = 0; event < 10; event++) {
        hub.send("Orders", partition, new EventData("event " + event));
      }
    }
    hub.removeEventsBefore("Orders", TRIMMED, 4);
    hub.removeEventsBefore("Orders", EMPTIED, 10);
    return hub;
  }

  private ConsumerSettings settings(EventHubsEmulator hub) {
    return ConsumerSettings.create(node.system())
        .withConnectionString(hub.connectionString())
        .withEventHubName("Orders")
        .withConsumerGroup(GROUP)
        .withPartitionStore(
            BlobPartitionStore.create(
                new BlobContainerClientBuilder()
                    .connectionString(blobs.connectionString())
                    .containerName(CONTAINER)
                    .httpClient(new JdkHttpClientBuilder().build())
                    .buildAsyncClient()))
        .withInitialPosition(EventPosition.earliest())
        .withHandoverTimeout(Duration.ofSeconds(1));
  }

  /** With the names as a trigger has to give them: only the group may have capitals. */
  private KedaScaler scaler() {
    return new KedaScaler(
        new BlobContainerClientBuilder()
            .connectionString(blobs.connectionString())
            .containerName(CONTAINER)
            .httpClient(new JdkHttpClientBuilder().build())
            .buildClient(),
        "localhost",
        "orders",
        GROUP);
  }

  private static long lag(KedaScaler scaler, EventHubsEmulator hub, String partitionId) {
    PartitionState state = hub.partition("Orders", partitionId);
    return scaler.unprocessedEvents(
        partitionId, state.firstSequenceNumber(), state.lastSequenceNumber());
  }

  private long checkpoints() {
    return blobs.blobs(CONTAINER).stream()
        .filter(blob -> blob.name().startsWith("localhost/orders/billing/checkpoint/"))
        .count();
  }

  /** Acknowledges events up to this number, and takes no notice of the later ones. */
  private Consumer.DrainingControl<Done> process(
      ConsumerSettings settings, long lastAcknowledged, Map<String, Long> seen) {
    return Consumer.committableSource(settings, Subscriptions.clusterSharded())
        .map(
            event -> {
              seen.put(event.partition().partitionId(), event.sequenceNumber());
              return event;
            })
        .filter(event -> event.sequenceNumber() <= lastAcknowledged)
        .map(event -> event.committableOffset())
        .toMat(
            Committer.sink(
                CommitterSettings.create(node.system()).withMaxInterval(Duration.ofMillis(50))),
            Consumer::createDrainingControl)
        .run(node.system());
  }

  @ParameterizedTest(name = "geo-replicated offsets: {0}")
  @ValueSource(booleans = {false, true})
  void theLagIsThatOfTheCheckpointFromTheClaimOn(boolean geoReplicated) throws Exception {
    KedaScaler scaler = scaler();
    try (EventHubsEmulator hub = hub(geoReplicated)) {
      assertThat(lag(scaler, hub, FILLED)).as("without a checkpoint").isEqualTo(10);
      Map<String, Long> seen = new ConcurrentHashMap<>();
      Consumer.DrainingControl<Done> control = process(settings(hub), -1, seen);
      await().atMost(PATIENCE).until(() -> hub.receivers().size() == 4 && seen.containsKey(FILLED));
      // The lag would be the same without them.
      await().atMost(PATIENCE).until(() -> checkpoints() == 4);

      // "-1" as the offset in each, and -1 as the sequence number where nothing was trimmed.
      assertThat(lag(scaler, hub, NEVER_FILLED)).isZero();
      assertThat(lag(scaler, hub, FILLED)).isEqualTo(10);
      assertThat(lag(scaler, hub, TRIMMED)).isEqualTo(6);
      assertThat(lag(scaler, hub, EMPTIED)).isZero();
      control.drainAndShutdown().toCompletableFuture().get(20, TimeUnit.SECONDS);

      Consumer.DrainingControl<Done> second = process(settings(hub), 7, seen);
      await()
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(lag(scaler, hub, FILLED)).isEqualTo(2);
                assertThat(lag(scaler, hub, TRIMMED)).isEqualTo(2);
              });
      hub.send("Orders", NEVER_FILLED, new EventData("event 0"));
      hub.send("Orders", EMPTIED, new EventData("event 10"));
      await().atMost(PATIENCE).until(() -> lag(scaler, hub, NEVER_FILLED) == 0);
      assertThat(lag(scaler, hub, EMPTIED)).isEqualTo(1);
      second.drainAndShutdown().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void eventsAcknowledgedBeyondAGapDoNotKeepTheCheckpointFromBeingRead() throws Exception {
    KedaScaler scaler = scaler();
    try (EventHubsEmulator hub = hub(false)) {
      ConsumerSettings unordered = settings(hub).withAcknowledgement(Acknowledgement.UNORDERED);
      Consumer.DrainingControl<Done> control =
          Consumer.committableSource(unordered, Subscriptions.clusterSharded())
              .filter(event -> event.sequenceNumber() != 6)
              .map(event -> event.committableOffset())
              .toMat(
                  Committer.sink(
                      CommitterSettings.create(node.system())
                          .withMaxInterval(Duration.ofMillis(50))),
                  Consumer::createDrainingControl)
              .run(node.system());
      await().atMost(PATIENCE).until(() -> lag(scaler, hub, FILLED) == 4);
      await().atMost(PATIENCE).until(() -> storedEntries().containsKey("pekkogaps"));
      control.drainAndShutdown().toCompletableFuture().get(20, TimeUnit.SECONDS);

      assertThat(lag(scaler, hub, FILLED)).isEqualTo(4);
      assertThat(storedEntries()).containsKey("pekkogaps");
    }
  }

  private Map<String, String> storedEntries() {
    return blobs
        .blob(CONTAINER, "localhost/orders/billing/checkpoint/" + FILLED)
        .orElseThrow()
        .metadata();
  }
}
