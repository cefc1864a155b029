// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.services;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Uses the clients of both services once, while the first test of a JVM starts its actor system.
 * Where no class is loaded yet, either takes most of a second, and neither needs the other. It asks
 * services of its own, so that it leaves no trace in those of the tests.
 */
final class ClientPreload {

  private static final Logger LOG = LoggerFactory.getLogger(ClientPreload.class);
  private static final AtomicBoolean BEGUN = new AtomicBoolean();
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final String EVENT_HUB = "preload";
  private static final String CONSUMER_GROUP = "$Default";

  private ClientPreload() {}

  /** Begins, if nobody has yet and there is a processor for it. Does not wait. */
  static void begin() {
    if (Runtime.getRuntime().availableProcessors() > 1 && BEGUN.compareAndSet(false, true)) {
      // Named like the threads that the SDK's clients share, which are no leak of a test.
      Thread thread = new Thread(ClientPreload::tryBoth, "azure-sdk-preload");
      thread.setDaemon(true);
      thread.start();
    }
  }

  private static void tryBoth() {
    try {
      receiveEvent();
      listBlobs();
    } catch (RuntimeException | LinkageError e) {
      // The test finds out itself, and says so better.
      LOG.debug("loading the clients ahead failed", e);
    }
  }

  /** Answers the body of an event that was sent and received. */
  static String receiveEvent() {
    try (EventHubsEmulator eventHubs = EventHubsEmulator.builder().start()) {
      eventHubs.addEventHub(EVENT_HUB, 1);
      eventHubs.send(EVENT_HUB, "0", new EventData(EVENT_HUB));
      try (EventHubConsumerAsyncClient client =
          new EventHubClientBuilder()
              .connectionString(eventHubs.connectionString(EVENT_HUB))
              .consumerGroup(CONSUMER_GROUP)
              .buildAsyncConsumerClient()) {
        return Objects.requireNonNull(
            client
                .receiveFromPartition("0", EventPosition.earliest())
                .map(event -> event.getData().getBodyAsString())
                .blockFirst(PATIENCE));
      }
    }
  }

  /** Answers how many ownership records there are in a container: none. */
  static int listBlobs() {
    try (BlobEmulator blobs = BlobEmulator.start()) {
      blobs.createContainer(EVENT_HUB);
      return BlobPartitionStore.create(
              new BlobServiceClientBuilder()
                  .connectionString(blobs.connectionString())
                  .httpClient(BlobPartitionStore.httpClient())
                  .buildAsyncClient()
                  .getBlobContainerAsyncClient(EVENT_HUB))
          .listOwnerships(EVENT_HUB, EVENT_HUB, CONSUMER_GROUP)
          .toCompletableFuture()
          .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .join()
          .size();
    }
  }
}
