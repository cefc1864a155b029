// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.EventBatchContext;
import com.azure.messaging.eventhubs.models.EventPosition;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The official processor with a batch handler and the official store in Blob Storage. It opens a
 * connection for each partition; that cannot be set.
 *
 * @param checkpointInterval how often each partition's position is stored; zero for after each
 *     batch
 */
record ProcessorReader(String name, int prefetch, int batch, Duration checkpointInterval)
    implements Reader {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessorReader.class);
  private static final Duration STOP_TIMEOUT = Duration.ofMillis(200);

  @Override
  public Running start(ConsumeTask task, RateMeter meter) {
    Map<String, PartitionHandler> handlers = new ConcurrentHashMap<>();
    EventProcessorClient processor =
        new EventProcessorClientBuilder()
            .connectionString(task.services().eventHubs(), task.eventHub())
            .consumerGroup(task.consumerGroup())
            .prefetchCount(prefetch)
            .checkpointStore(new BlobCheckpointStore(task.services().newContainer()))
            .initialPartitionEventPosition(partition -> EventPosition.earliest())
            .processEventBatch(
                context ->
                    handlers
                        .computeIfAbsent(
                            context.getPartitionContext().getPartitionId(),
                            id -> new PartitionHandler(meter.counter()))
                        .handle(context),
                batch)
            .processError(context -> {})
            .buildEventProcessorClient();
    processor.start();
    return () -> stop(processor);
  }

  /** It often says that stopping took too long; its receivers are detached all the same. */
  private static void stop(EventProcessorClient processor) {
    try {
      processor.stop(STOP_TIMEOUT);
    } catch (IllegalStateException e) {
      LOG.info("The processor could not be stopped in time", e);
    }
  }

  /** Called by one thread at a time. */
  private final class PartitionHandler {
    private final RateMeter.Counter counter;
    private long lastCheckpoint = System.nanoTime();

    PartitionHandler(RateMeter.Counter counter) {
      this.counter = counter;
    }

    void handle(EventBatchContext context) {
      counter.count(context.getEvents().size());
      long now = System.nanoTime();
      if (now - lastCheckpoint >= checkpointInterval.toNanos()) {
        lastCheckpoint = now;
        context.updateCheckpoint();
      }
    }
  }
}
