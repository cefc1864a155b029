// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.annotation.InternalApi;

/** Questions to the service, on a connection of their own. */
@InternalApi
public final class MetadataClient {

  private final EventHubClients clients;
  private final String consumerGroup;

  private MetadataClient(EventHubClients clients, String consumerGroup) {
    this.clients = clients;
    this.consumerGroup = consumerGroup;
  }

  /**
   * A client for the event hub of the settings. It never displaces a receiver.
   *
   * @throws io.github.pekkoeventhubs.InvalidSettingsException if they do not name one
   */
  public static MetadataClient open(ConsumerSettings settings) {
    return new MetadataClient(
        EventHubClients.open(settings.withConnections(1), null), settings.consumerGroup());
  }

  /** The partition of this id, as the settings' consumer group reads it. */
  public EventHubPartition partition(String partitionId) {
    return new EventHubPartition(
        clients.namespace(), clients.eventHub(), consumerGroup, partitionId);
  }

  /** Asks the service for the properties of the event hub. */
  public CompletionStage<EventHubProperties> eventHubProperties() {
    return clients.eventHubProperties();
  }

  /** Asks the service for the properties of a partition. */
  public CompletionStage<PartitionProperties> partitionProperties(String partitionId) {
    return clients.partitionProperties(partitionId);
  }

  /** When the first event from a position on was enqueued; fails if none comes in time. */
  public CompletionStage<Instant> enqueuedTime(String partitionId, EventPosition from) {
    return clients
        .firstEvent(partitionId, from)
        .thenApply(event -> event.getData().getEnqueuedTime());
  }

  /**
   * The entries of the checkpoint that stands for a position now: those of the event before the
   * first one to read.
   */
  public CompletionStage<Map<String, String>> checkpointAt(
      String partitionId, EventPosition position) {
    return new InitialCheckpoint(clients, partitionId).of(position);
  }

  /** Closes the connection. */
  public CompletionStage<Void> close() {
    return clients.close();
  }
}
