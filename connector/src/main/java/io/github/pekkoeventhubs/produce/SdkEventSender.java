// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventDataBatch;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import com.azure.messaging.eventhubs.models.CreateBatchOptions;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerSettings;
import java.util.concurrent.CompletionStage;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Sends through the SDK's client: the one of the settings, or one of its own. */
final class SdkEventSender implements EventSender {

  private static final int UNKNOWN = 0;

  private final EventHubProducerAsyncClient client;
  private final boolean ownsClient;
  private final int maxBatchBytes;

  /** The smaller of what the settings and what the service allow, once that is known. */
  private volatile int limit = UNKNOWN;

  private SdkEventSender(
      EventHubProducerAsyncClient client, boolean ownsClient, int maxBatchBytes) {
    this.client = client;
    this.ownsClient = ownsClient;
    this.maxBatchBytes = maxBatchBytes;
  }

  static SdkEventSender create(ProducerSettings settings) {
    return settings
        .validated()
        .client()
        .map(shared -> new SdkEventSender(shared, false, settings.maxBatchBytes()))
        .orElseGet(
            () -> new SdkEventSender(settings.buildClient(), true, settings.maxBatchBytes()));
  }

  @Override
  public CompletionStage<EventBatch> openBatch(Route route) {
    return (limit == UNKNOWN ? firstBatch(route) : limitedBatch(route))
        .<EventBatch>map(batch -> new SdkBatch(client, batch, route))
        .toFuture();
  }

  /** Only a batch without a limit of ours tells the service's; one above that would be refused. */
  private Mono<EventDataBatch> firstBatch(Route route) {
    return client
        .createBatch(options(route))
        .flatMap(
            batch -> {
              limit = Math.min(maxBatchBytes, batch.getMaxSizeInBytes());
              return limit == batch.getMaxSizeInBytes() ? Mono.just(batch) : limitedBatch(route);
            });
  }

  private Mono<EventDataBatch> limitedBatch(Route route) {
    return client.createBatch(options(route).setMaximumSizeInBytes(limit));
  }

  private static CreateBatchOptions options(Route route) {
    CreateBatchOptions options = new CreateBatchOptions();
    if (route instanceof Route.PartitionKey key) {
      return options.setPartitionKey(key.key());
    }
    return route instanceof Route.PartitionId partition
        ? options.setPartitionId(partition.id())
        : options;
  }

  @Override
  public void close() {
    if (ownsClient) {
      // Closing blocks until the connection has been closed.
      Schedulers.boundedElastic().schedule(client::close);
    }
  }

  private record SdkBatch(EventHubProducerAsyncClient client, EventDataBatch batch, Route route)
      implements EventBatch {

    @Override
    public boolean tryAdd(EventData event) {
      try {
        return batch.tryAdd(UnroutedEvent.of(event, route));
      } catch (AmqpException e) {
        if (SendFailure.of(e).isTooLarge()) {
          return false;
        }
        throw e;
      }
    }

    @Override
    public long limit() {
      return batch.getMaxSizeInBytes();
    }

    @Override
    public CompletionStage<?> send() {
      return client.send(batch).toFuture();
    }
  }
}
