// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * The connections to the two services, and the names used in them. They are passed to other
 * processes in environment variables, so that the keys are not on command lines.
 *
 * @param eventHubs connection string of the Event Hubs namespace
 * @param storage connection string of the storage account
 * @param eventHub name of the event hub
 * @param consumerGroup the group whose checkpoints are kept
 * @param container the blob container for them; must exist
 */
record Connections(
    String eventHubs, String storage, String eventHub, String consumerGroup, String container) {

  private static final String EVENT_HUBS = "EVENTHUBS_CONNECTION_STRING";
  private static final String STORAGE = "STORAGE_CONNECTION_STRING";
  private static final String EVENT_HUB = "EVENTHUB_NAME";
  private static final String CONSUMER_GROUP = "CONSUMER_GROUP";
  private static final String CONTAINER = "STORAGE_CONTAINER";

  /**
   * Returns the connection strings in the environment; empty if it names neither service.
   *
   * @throws IllegalArgumentException if it names only one of them
   */
  static Optional<Connections> from(Map<String, String> environment) {
    String eventHubs = environment.getOrDefault(EVENT_HUBS, "");
    String storage = environment.getOrDefault(STORAGE, "");
    if (eventHubs.isBlank() != storage.isBlank()) {
      throw new IllegalArgumentException(
          "Set both " + EVENT_HUBS + " and " + STORAGE + ", or none of them.");
    }
    if (eventHubs.isBlank()) {
      return Optional.empty();
    }
    return Optional.of(
        new Connections(
            eventHubs,
            storage,
            environment.getOrDefault(EVENT_HUB, "orders"),
            environment.getOrDefault(CONSUMER_GROUP, "$Default"),
            environment.getOrDefault(CONTAINER, "checkpoints")));
  }

  Map<String, String> toEnvironment() {
    return Map.of(
        EVENT_HUBS, eventHubs,
        STORAGE, storage,
        EVENT_HUB, eventHub,
        CONSUMER_GROUP, consumerGroup,
        CONTAINER, container);
  }

  /** The same as settings of the connector. */
  Map<String, String> toConfiguration() {
    return Map.of(
        "pekko.eventhubs.consumer.connection-string", eventHubs,
        "pekko.eventhubs.consumer.event-hub-name", eventHub,
        "pekko.eventhubs.consumer.consumer-group", consumerGroup,
        "pekko.eventhubs.partition-store.blob.connection-string", storage,
        "pekko.eventhubs.partition-store.blob.container", container);
  }

  /** The official producer client, which also tells the contents of the event hub. */
  EventHubProducerClient producerClient() {
    return new EventHubClientBuilder().connectionString(eventHubs, eventHub).buildProducerClient();
  }

  /** The official storage client. */
  BlobContainerClient containerClient() {
    return new BlobContainerClientBuilder()
        .connectionString(storage)
        .containerName(container)
        .buildClient();
  }

  @Override
  public String toString() {
    return "event hub '" + eventHub + "', consumer group '" + consumerGroup + "'";
  }
}
