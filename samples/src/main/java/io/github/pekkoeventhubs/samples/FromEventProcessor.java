// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.samples;

import com.azure.messaging.eventhubs.EventProcessorClient;
import com.azure.messaging.eventhubs.EventProcessorClientBuilder;
import com.azure.messaging.eventhubs.LoadBalancingStrategy;
import com.azure.messaging.eventhubs.checkpointstore.blob.BlobCheckpointStore;
import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.storage.blob.BlobContainerAsyncClient;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Committer;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * The same work with the SDK's {@code EventProcessorClient} and with a stream. Both use the same
 * blobs: the stream goes on where the processor has stopped.
 */
public final class FromEventProcessor {

  private static final int AT_A_TIME = 8;
  private static final Duration STOP = Duration.ofSeconds(30);

  private FromEventProcessor() {}

  /** Before: a callback that blocks, and a checkpoint after each order. Starts the processor. */
  public static EventProcessorClient before(
      ConsumerSettings settings,
      BlobContainerAsyncClient container,
      java.util.function.Consumer<String> bill) {
    EventProcessorClient processor =
        new EventProcessorClientBuilder()
            .connectionString(settings.connectionString(), settings.eventHubName())
            .consumerGroup(settings.consumerGroup())
            .checkpointStore(new BlobCheckpointStore(container))
            .initialPartitionEventPosition(partition -> EventPosition.earliest())
            .loadBalancingStrategy(LoadBalancingStrategy.GREEDY)
            .processEvent(
                context -> {
                  bill.accept(context.getEventData().getBodyAsString());
                  context.updateCheckpoint();
                })
            .processError(context -> context.getThrowable().printStackTrace())
            .buildEventProcessorClient();
    processor.start();
    return processor;
  }

  /**
   * After: work that does not block, eight orders at a time, back-pressure, and a checkpoint for
   * many orders. A failure of the work ends the stream, and is seen by whoever runs it.
   */
  public static Consumer.DrainingControl<Done> after(
      ActorSystem<?> system,
      ConsumerSettings settings,
      BlobContainerAsyncClient container,
      Function<String, CompletionStage<Done>> bill) {
    return Consumer.committableSource(
            settings.withPartitionStore(BlobPartitionStore.create(container)),
            Subscriptions.balanced())
        .mapAsync(
            AT_A_TIME,
            order ->
                bill.apply(order.event().getBodyAsString())
                    .thenApply(done -> order.committableOffset()))
        .toMat(Committer.sink(CommitterSettings.create(system)), Consumer::createDrainingControl)
        .run(system);
  }

  /** Bills ten orders of an embedded event hub with the processor, and ten with the stream. */
  public static void main(String[] arguments) {
    try (SampleServices services = SampleServices.start()) {
      services.sendOrders(10);
      EventProcessorClient processor =
          before(
              services.consumerSettings(),
              services.container(),
              order -> services.print("processor: " + order));
      services.awaitLines(10);
      processor.stop(STOP);

      services.sendOrders(10);
      Consumer.DrainingControl<Done> control =
          after(
              services.system(),
              services.consumerSettings(),
              services.container(),
              order -> services.print("stream: " + order));
      services.awaitLines(10);
      SampleServices.join(control.drainAndShutdown());
    }
  }
}
