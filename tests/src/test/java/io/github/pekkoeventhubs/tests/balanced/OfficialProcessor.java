// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.balanced;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.EventBatchContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.tests.EmbeddedServices;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The SDK's processor with the SDK's checkpoint store, in the same consumer group. */
final class OfficialProcessor implements AutoCloseable {

  private final EventProcessorClient client;
  private final Queue<String> processed;
  private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

  /**
   * @param processed gets what is processed, as "partition/body"
   * @param interval how often it lists, counts and renews
   * @param strategy whether it claims one partition in each interval, or all that it may
   */
  OfficialProcessor(
      EmbeddedServices services,
      Queue<String> processed,
      Duration interval,
      LoadBalancingStrategy strategy) {
    this.processed = processed;
    client =
        new EventProcessorClientBuilder()
            .connectionString(services.eventHubs().connectionString(), EmbeddedServices.EVENT_HUB)
            .consumerGroup(EmbeddedServices.CONSUMER_GROUP)
            .checkpointStore(
                new BlobCheckpointStore(services.container(EmbeddedServices.CONTAINER)))
            .loadBalancingUpdateInterval(interval)
            .partitionOwnershipExpirationInterval(BalancedNode.SLOW_EXPIRY.expiry())
            .loadBalancingStrategy(strategy)
            .initialPartitionEventPosition(partition -> EventPosition.earliest())
            .processEventBatch(this::process, 100, Duration.ofMillis(100))
            .processError(error -> errors.add(error.getThrowable()))
            .buildEventProcessorClient();
    client.start();
  }

  private void process(EventBatchContext batch) {
    if (batch.getEvents().isEmpty()) {
      return;
    }
    for (EventData event : batch.getEvents()) {
      processed.add(batch.getPartitionContext().getPartitionId() + "/" + event.getBodyAsString());
    }
    batch.updateCheckpoint();
  }

  /** Under which it signs its claims. */
  String ownerId() {
    return client.getIdentifier();
  }

  /** What it has reported; links that were stolen among it. */
  Queue<Throwable> errors() {
    return errors;
  }

  /** Gives its partitions up. */
  @Override
  public void close() {
    client.stop();
  }
}
