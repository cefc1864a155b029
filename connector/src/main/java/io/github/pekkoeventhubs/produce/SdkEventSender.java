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
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Sends through the SDK's client: the one of the settings, or one of its own.
 *
 * <p>A connection may be deaf without knowing it: after the service has ended a session, or when
 * nobody answers behind an open socket, the SDK goes on waiting in it. So a client of its own that
 * lets an attempt run into its time-out is replaced, and with it the connection.
 */
final class SdkEventSender implements EventSender {

  private static final Logger LOG = LoggerFactory.getLogger("io.github.pekkoeventhubs.Producer");

  private static final int UNKNOWN = 0;

  private final ProducerSettings settings;
  private final boolean ownsClient;
  private final int maxBatchBytes;

  /** The one to use now. Written under the lock of this. */
  private volatile EventHubProducerAsyncClient client;

  private boolean closed;

  /** The smaller of what the settings and what the service allow, once that is known. */
  private volatile int limit = UNKNOWN;

  private SdkEventSender(ProducerSettings settings) {
    this.settings = settings;
    this.ownsClient = settings.client().isEmpty();
    this.maxBatchBytes = settings.maxBatchBytes();
    this.client = settings.client().orElseGet(settings::buildClient);
  }

  static SdkEventSender create(ProducerSettings settings) {
    return new SdkEventSender(settings.validated());
  }

  @Override
  public CompletionStage<EventBatch> openBatch(Route route) {
    return attempt(used -> limit == UNKNOWN ? firstBatch(used, route) : limitedBatch(used, route))
        .<EventBatch>map(batch -> new SdkBatch(batch, route))
        .toFuture();
  }

  private <T> Mono<T> attempt(Function<EventHubProducerAsyncClient, Mono<T>> operation) {
    EventHubProducerAsyncClient used = client;
    return operation
        .apply(used)
        .doOnError(
            error -> {
              if (SendFailure.of(error).isUnanswered()) {
                replace(used);
              }
            });
  }

  private synchronized void replace(EventHubProducerAsyncClient deaf) {
    if (ownsClient && !closed && client == deaf) {
      LOG.warn(
          "no answer from {}/{} within {}: sending goes on over a new connection",
          deaf.getFullyQualifiedNamespace(),
          deaf.getEventHubName(),
          settings.sendTimeout());
      client = settings.buildClient();
      // What others have under way with it may still be answered, within the same time.
      Schedulers.boundedElastic()
          .schedule(deaf::close, settings.sendTimeout().toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** Only a batch without a limit of ours tells the service's; one above that would be refused. */
  private Mono<EventDataBatch> firstBatch(EventHubProducerAsyncClient used, Route route) {
    return used.createBatch(options(route))
        .flatMap(
            batch -> {
              limit = Math.min(maxBatchBytes, batch.getMaxSizeInBytes());
              return limit == batch.getMaxSizeInBytes()
                  ? Mono.just(batch)
                  : limitedBatch(used, route);
            });
  }

  private Mono<EventDataBatch> limitedBatch(EventHubProducerAsyncClient used, Route route) {
    return used.createBatch(options(route).setMaximumSizeInBytes(limit));
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
  public synchronized void close() {
    closed = true;
    if (ownsClient) {
      // Closing blocks until the connection has been closed.
      Schedulers.boundedElastic().schedule(client::close);
    }
  }

  private final class SdkBatch implements EventBatch {

    private final EventDataBatch batch;
    private final Route route;

    SdkBatch(EventDataBatch batch, Route route) {
      this.batch = batch;
      this.route = route;
    }

    @Override
    public boolean tryAdd(EventData event) {
      EventData sendable = SendableEvent.of(event, route);
      try {
        return batch.tryAdd(sendable);
      } catch (AmqpException e) {
        if (SendFailure.of(e).isTooLarge()) {
          return false;
        }
        throw e;
      } catch (RuntimeException e) {
        throw UnencodableEvent.failure(sendable, route, e);
      }
    }

    @Override
    public long limit() {
      return batch.getMaxSizeInBytes();
    }

    @Override
    public CompletionStage<?> send() {
      return attempt(used -> used.send(batch)).toFuture();
    }
  }
}
