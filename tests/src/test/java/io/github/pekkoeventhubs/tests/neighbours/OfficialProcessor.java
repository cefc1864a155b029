// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.neighbours;

import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.models.EventContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The official Java processor on the event hub of {@link EmbeddedServices}. It stores a checkpoint
 * after each event, and begins at the first where there is none.
 */
final class OfficialProcessor implements AutoCloseable {

  private final EventProcessorClient client;
  private final Queue<String> processed = new ConcurrentLinkedQueue<>();
  private final Set<String> partitions = ConcurrentHashMap.newKeySet();

  private OfficialProcessor(EmbeddedServices services, CheckpointStore store) {
    client =
        new EventProcessorClientBuilder()
            .connectionString(services.eventHubs().connectionString(), EmbeddedServices.EVENT_HUB)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .checkpointStore(store)
            .loadBalancingStrategy(LoadBalancingStrategy.GREEDY)
            .loadBalancingUpdateInterval(Duration.ofMillis(200))
            .partitionOwnershipExpirationInterval(Duration.ofSeconds(10))
            .initialPartitionEventPosition(partition -> EventPosition.earliest())
            .processPartitionInitialization(
                context -> partitions.add(context.getPartitionContext().getPartitionId()))
            .processPartitionClose(
                context -> partitions.remove(context.getPartitionContext().getPartitionId()))
            .processEvent(this::process)
            .processError(error -> {})
            .buildEventProcessorClient();
  }

  static OfficialProcessor start(EmbeddedServices services, CheckpointStore store) {
    OfficialProcessor processor = new OfficialProcessor(services, store);
    processor.client.start();
    return processor;
  }

  private void process(EventContext context) {
    processed.add(
        context.getPartitionContext().getPartitionId()
            + "/"
            + context.getEventData().getBodyAsString());
    context.updateCheckpoint();
  }

  /** What was processed, as {@code partition/body}. */
  Queue<String> processed() {
    return processed;
  }

  /** The partitions that it receives from. */
  Set<String> partitions() {
    return partitions;
  }

  /** Stops, and releases what it owns. */
  @Override
  public void close() {
    client.stop();
  }
}
