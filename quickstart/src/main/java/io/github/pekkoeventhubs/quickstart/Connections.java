// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import static java.util.stream.Collectors.joining;

import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubProducerClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.BlobContainerClientBuilder;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

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

  /** Chooses services in this process. */
  static final String EMBEDDED = "embedded";

  /** Chooses the services that the environment names. */
  static final String AZURE = "azure";

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

  /**
   * Returns the connection strings in the environment if they are asked for; empty for embedded
   * services. The variables alone ask for nothing, because the command line has the same ones.
   *
   * @param services {@value #AZURE} or {@value #EMBEDDED}
   * @throws IllegalArgumentException if it is something else, or if a service is not named
   */
  static Optional<Connections> chosen(String services, Map<String, String> environment) {
    return switch (services) {
      case EMBEDDED -> Optional.empty();
      case AZURE ->
          Optional.of(
              from(environment)
                  .orElseThrow(
                      () ->
                          new IllegalArgumentException(
                              "services is '"
                                  + AZURE
                                  + "'; export "
                                  + EVENT_HUBS
                                  + " and "
                                  + STORAGE
                                  + ", or leave -Dservices out.")));
      default ->
          throw new IllegalArgumentException(
              "services is '%s'; it must be %s or %s.".formatted(services, EMBEDDED, AZURE));
    };
  }

  /** Says that a choice ignores connection strings in the environment; empty if there are none. */
  static Optional<String> ignored(String services, Map<String, String> environment) {
    String names =
        Stream.of(EVENT_HUBS, STORAGE)
            .filter(name -> !environment.getOrDefault(name, "").isBlank())
            .collect(joining(" and "));
    return services.equals(AZURE) || names.isEmpty()
        ? Optional.empty()
        : Optional.of("Not used: " + names + ". -Dservices=" + AZURE + " uses them.");
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
