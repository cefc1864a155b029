// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerAsyncClient;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jspecify.annotations.NullMarked;

/**
 * Both services in this process, with one event hub "orders" and one container "checkpoints". Their
 * keys are {@link CanarySecrets}.
 */
@NullMarked
public final class EmbeddedServices implements AutoCloseable {

  public static final String EVENT_HUB = "orders";
  public static final String CONSUMER_GROUP = "billing";
  public static final String CONTAINER = "checkpoints";

  private static final String ACCOUNT = "devstoreaccount1";

  private final EventHubsEmulator eventHubs;
  private final BlobEmulator blobs;
  private final int partitions;

  public EmbeddedServices(int partitions) {
    this(partitions, Clock.systemUTC());
  }

  /** With a clock of the services that need not be that of the nodes. */
  public EmbeddedServices(int partitions, Clock clock) {
    this(partitions, clock, BlobEmulator.builder());
  }

  /** The same, where blobs are served to whoever comes with an access token, too. */
  public static EmbeddedServices acceptingTokens(int partitions) {
    return new EmbeddedServices(
        partitions, Clock.systemUTC(), BlobEmulator.builder().verifySharedKey(false));
  }

  /** The same, where nothing is kept of blobs that have been written over. */
  public static EmbeddedServices withoutHistory(int partitions) {
    return new EmbeddedServices(
        partitions, Clock.systemUTC(), BlobEmulator.builder().writeLogCapacity(0));
  }

  private EmbeddedServices(int partitions, Clock clock, BlobEmulator.Builder account) {
    this.partitions = partitions;
    eventHubs =
        EventHubsEmulator.builder()
            .eventHub(EVENT_HUB, partitions)
            .consumerGroup(CONSUMER_GROUP)
            .clock(clock)
            .sasKey("RootManageSharedAccessKey", CanarySecrets.SHARED_ACCESS_KEY)
            .start();
    blobs =
        account
            .account(ACCOUNT, CanarySecrets.ACCOUNT_KEY)
            .container(CONTAINER)
            .clock(clock)
            .start();
  }

  public EventHubsEmulator eventHubs() {
    return eventHubs;
  }

  public BlobEmulator blobs() {
    return blobs;
  }

  public BlobContainerAsyncClient container(String name) {
    return new BlobServiceClientBuilder()
        .connectionString(blobs.connectionString())
        .httpClient(BlobPartitionStore.httpClient())
        .buildAsyncClient()
        .getBlobContainerAsyncClient(name);
  }

  public ConsumerSettings consumerSettings(ClassicActorSystemProvider system) {
    return ConsumerSettings.create(system)
        .withConnectionString(eventHubs.connectionString())
        .withEventHubName(EVENT_HUB)
        .withConsumerGroup(CONSUMER_GROUP)
        .withPartitionStore(BlobPartitionStore.create(container(CONTAINER)))
        .withInitialPosition(EventPosition.earliest());
  }

  /** Sends events numbered within their partitions, "0" to "n-1", after those already there. */
  public void sendToEach(int eventsPerPartition) {
    for (int partition = 0; partition < partitions; partition++) {
      long first =
          eventHubs.partition(EVENT_HUB, Integer.toString(partition)).lastSequenceNumber() + 1;
      List<EventData> events = new ArrayList<>();
      for (int i = 0; i < eventsPerPartition; i++) {
        events.add(new EventData(Long.toString(first + i)));
      }
      eventHubs.send(EVENT_HUB, Integer.toString(partition), events.toArray(new EventData[0]));
    }
  }

  /** The sequence numbers of the stored checkpoints by partition. */
  public Map<String, Long> checkpoints() {
    Map<String, Long> result = new TreeMap<>();
    records("checkpoint")
        .forEach((id, metadata) -> result.put(id, Long.valueOf(metadata.get("sequencenumber"))));
    return result;
  }

  /** The owners in the stored ownership records by partition; empty where released. */
  public Map<String, String> owners() {
    Map<String, String> result = new TreeMap<>();
    records("ownership").forEach((id, metadata) -> result.put(id, metadata.get("ownerid")));
    return result;
  }

  /** When an ownership record was last written, by the store's clock. */
  public Instant lastClaim() {
    return claims().max(Comparator.naturalOrder()).orElseThrow();
  }

  /** When the ownership record was written that was not written for longest, by that clock. */
  public Instant oldestClaim() {
    return claims().min(Comparator.naturalOrder()).orElseThrow();
  }

  private Stream<Instant> claims() {
    String prefix = prefix("ownership");
    return blobs.blobs(CONTAINER).stream()
        .filter(blob -> blob.name().startsWith(prefix))
        .map(blob -> blob.lastModified());
  }

  private static String prefix(String kind) {
    return "localhost/" + EVENT_HUB + "/" + CONSUMER_GROUP + "/" + kind + "/";
  }

  private Map<String, Map<String, String>> records(String kind) {
    String prefix = prefix(kind);
    Map<String, Map<String, String>> result = new TreeMap<>();
    blobs
        .blobs(CONTAINER)
        .forEach(
            blob -> {
              if (blob.name().startsWith(prefix)) {
                result.put(blob.name().substring(prefix.length()), blob.metadata());
              }
            });
    return result;
  }

  @Override
  public void close() {
    eventHubs.close();
    blobs.close();
  }
}
