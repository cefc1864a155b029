// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.core.amqp.AmqpRetryOptions;
import com.azure.core.credential.TokenCredential;
import com.azure.messaging.eventhubs.EventHubClientBuilder;
import com.azure.messaging.eventhubs.EventHubConsumerAsyncClient;
import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.azure.messaging.eventhubs.models.ReceiveOptions;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidSettingsException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * The SDK's clients of one stream: as many as there are to be connections. The partitions are
 * spread over them by their ids.
 */
final class EventHubClients {

  private static final String FORM =
      "Endpoint=sb://<namespace>/;SharedAccessKeyName=<name>;SharedAccessKey=<key>";

  private final List<EventHubConsumerAsyncClient> clients;
  private final ServiceErrors errors;
  private final Duration questionTimeout;
  private final @Nullable Long ownerLevel;

  private EventHubClients(
      List<EventHubConsumerAsyncClient> clients,
      Duration questionTimeout,
      @Nullable Long ownerLevel) {
    this.clients = clients;
    this.questionTimeout = questionTimeout;
    this.ownerLevel = ownerLevel;
    this.errors = new ServiceErrors(namespace(), eventHub(), clients.get(0).getConsumerGroup());
  }

  /**
   * Builds the clients; no connection is opened before it is needed.
   *
   * @param ownerLevel the AMQP owner level of receivers, or null for none
   * @throws InvalidSettingsException if the settings do not say which event hub to read
   */
  static EventHubClients open(ConsumerSettings settings, @Nullable Long ownerLevel) {
    List<EventHubConsumerAsyncClient> clients = new ArrayList<>();
    for (int i = 0; i < settings.connections(); i++) {
      clients.add(build(settings));
    }
    return new EventHubClients(clients, settings.metadataTimeout(), ownerLevel);
  }

  private static EventHubConsumerAsyncClient build(ConsumerSettings settings) {
    if (settings.consumerGroup().isBlank()) {
      throw new InvalidSettingsException(
          "consumer-group is empty: name the consumer group, for example '$Default'");
    }
    EventHubClientBuilder builder = new EventHubClientBuilder();
    TokenCredential credential = settings.credential().orElse(null);
    String connectionString = settings.connectionString();
    String eventHub = settings.eventHubName();
    try {
      if (credential != null) {
        requireEventHub(eventHub);
        builder.credential(settings.fullyQualifiedNamespace(), eventHub, credential);
      } else if (connectionString.isBlank()) {
        throw new InvalidSettingsException(
            "connection-string is missing: set it to '" + FORM + "', or use withCredential");
      } else if (!eventHub.isBlank()) {
        builder.connectionString(connectionString, eventHub);
      } else if (connectionString.contains("EntityPath=")) {
        builder.connectionString(connectionString);
      } else {
        requireEventHub(eventHub);
      }
      builder
          .consumerGroup(settings.consumerGroup())
          .prefetchCount(settings.prefetchCount())
          .retryOptions(
              new AmqpRetryOptions()
                  .setMaxRetries(1)
                  .setDelay(Duration.ofMillis(200))
                  .setTryTimeout(settings.metadataTimeout()));
      return settings.clientCustomizer().apply(builder).buildAsyncConsumerClient();
    } catch (IllegalArgumentException | NullPointerException e) {
      // The SDK's own message may quote the connection string, and with it the key.
      throw new InvalidSettingsException(
          connectionString.isBlank()
              ? "the client for event hub '" + eventHub + "' cannot be built: " + e.getMessage()
              : "connection-string is malformed, or its EntityPath is not event-hub-name '"
                  + eventHub
                  + "': it must have the form '"
                  + FORM
                  + "'");
    }
  }

  private static void requireEventHub(String eventHub) {
    if (eventHub.isBlank()) {
      throw new InvalidSettingsException(
          "event-hub-name is missing: set it, or end the connection string with"
              + " ';EntityPath=<event hub>'");
    }
  }

  String namespace() {
    return clients.get(0).getFullyQualifiedNamespace();
  }

  String eventHub() {
    return clients.get(0).getEventHubName();
  }

  ServiceErrors errors() {
    return errors;
  }

  /** The ids of the event hub's partitions, numbers in their order. */
  CompletionStage<List<String>> partitionIds() {
    return answered(
        "asking event hub '" + eventHub() + "' for its partitions",
        clients
            .get(0)
            .getPartitionIds()
            .collectList()
            .timeout(questionTimeout)
            .map(ids -> ids.stream().sorted(NUMBERS_FIRST).toList())
            .toFuture());
  }

  static final Comparator<String> NUMBERS_FIRST =
      Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder());

  /** What the service says about the event hub. */
  CompletionStage<EventHubProperties> eventHubProperties() {
    return answered(
        "asking for the properties of event hub '" + eventHub() + "'",
        clients.get(0).getEventHubProperties().timeout(questionTimeout).toFuture());
  }

  /** A partition's first and last event. */
  CompletionStage<PartitionProperties> partitionProperties(String partitionId) {
    return answered(
        "asking for the properties of partition '" + partitionId + "'",
        client(partitionId)
            .getPartitionProperties(partitionId)
            .timeout(questionTimeout)
            .toFuture());
  }

  /** The first event from a position on; fails if none comes in time. */
  CompletionStage<PartitionEvent> firstEvent(String partitionId, EventPosition from) {
    return answered(
        "looking for the first event of partition '" + partitionId + "' from " + from,
        receive(partitionId, from).next().timeout(questionTimeout).toFuture());
  }

  /** The events of a partition; each subscriber attaches a link of its own. */
  Flux<PartitionEvent> receive(String partitionId, EventPosition from) {
    ReceiveOptions options = new ReceiveOptions();
    if (ownerLevel != null) {
      options.setOwnerLevel(ownerLevel);
    }
    return client(partitionId).receiveFromPartition(partitionId, from, options);
  }

  private EventHubConsumerAsyncClient client(String partitionId) {
    return clients.get(Math.floorMod(partitionNumber(partitionId), clients.size()));
  }

  private static int partitionNumber(String partitionId) {
    try {
      return Integer.parseInt(partitionId);
    } catch (NumberFormatException e) {
      return partitionId.hashCode();
    }
  }

  private <T> CompletionStage<T> answered(String question, CompletableFuture<T> answer) {
    return answer.exceptionallyCompose(
        error -> CompletableFuture.failedFuture(errors.questionFailed(question, error)));
  }

  /** Closes the connections, on another thread since the SDK may wait for the service. */
  CompletionStage<Void> close() {
    return CompletableFuture.runAsync(() -> clients.forEach(EventHubConsumerAsyncClient::close));
  }
}
