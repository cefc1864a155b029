// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.EventDataBatch;
import com.azure.messaging.eventhubs.EventHubProducerAsyncClient;
import com.azure.messaging.eventhubs.models.CreateBatchOptions;
import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.threads.OwnThreads;
import io.github.pekkoeventhubs.tracing.BoundTracing;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import reactor.core.publisher.Mono;

/**
 * Sends through the SDK's client: the one of the settings, or one of its own.
 *
 * <p>A connection may be dead without knowing it: after the service has ended a session, or when
 * nobody answers behind an open socket, the SDK goes on waiting in it. So a client of its own that
 * lets an attempt run into its time-out is replaced, and with it the connection. An attempt that
 * was not answered may still be on its way there. Where the order counts, the old connection is
 * therefore closed before the failure is reported, and so before the batch is sent again: the SDK
 * never writes what it has not written yet. Data that the operating system has taken over can still
 * arrive.
 */
final class SdkEventSender implements EventSender {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.Producer");

  private static final int UNKNOWN = 0;

  private static final int LIMIT_WITHOUT_A_LINK = 256 * 1024;

  private final ProducerSettings settings;
  private final ActorSystem system;
  private final Deadline deadline;
  private final boolean ownsClient;
  private final boolean traced;
  private final int maxBatchBytes;

  /** The one to use now. Written under the lock of this. */
  private volatile SdkClient client;

  private boolean closed;

  /** The smaller of what the settings and what the service allow, once that is known. */
  private volatile int limit = UNKNOWN;

  private SdkEventSender(ProducerSettings settings, ActorSystem system) {
    this.settings = settings;
    this.system = system;
    this.deadline = new Deadline(settings.sendTimeout(), system);
    this.ownsClient = settings.client().isEmpty();
    // Either the SDK traces what is sent, or the connector does.
    this.traced = !BoundTracing.of(system).isBound();
    this.maxBatchBytes = settings.maxBatchBytes();
    this.client =
        new SdkClient(settings.client().orElseGet(() -> settings.buildClient(this.traced)));
  }

  static SdkEventSender create(ProducerSettings settings, ActorSystem system) {
    return new SdkEventSender(settings.validated(), system);
  }

  @Override
  public CompletionStage<List<String>> partitionIds() {
    return attempt(false, used -> used.getPartitionIds().collectList());
  }

  @Override
  public CompletionStage<EventBatch> openBatch(Destination destination) {
    return attempt(
        false,
        used ->
            (limit == UNKNOWN
                    ? firstBatch(used, destination)
                    : limitedBatch(used, destination, limit))
                .map(batch -> new SdkBatch(batch, destination.ordered())));
  }

  /**
   * @param ordered whether an attempt that is not answered must not arrive after the next one
   */
  private <T> CompletionStage<T> attempt(
      boolean ordered, Function<EventHubProducerAsyncClient, Mono<T>> operation) {
    SdkClient used = client;
    return deadline
        .around(operation.apply(used.client()).toFuture())
        .exceptionallyCompose(
            thrown ->
                ownsClient && SendFailure.of(thrown).isUnanswered()
                    ? giveUp(used, ordered)
                        .thenCompose(done -> CompletableFuture.failedFuture(thrown))
                    : CompletableFuture.failedFuture(thrown));
  }

  /** Goes on with another client, and completes when the failure may be reported. */
  private CompletionStage<Done> giveUp(SdkClient unanswered, boolean ordered) {
    replace(unanswered);
    if (ordered) {
      return unanswered.closeSoon(system);
    }
    // Batches that others have under way with it may still be answered, within the same time.
    OwnThreads.later(settings.sendTimeout(), unanswered::close);
    return CompletableFuture.completedFuture(Done.getInstance());
  }

  private synchronized void replace(SdkClient unanswered) {
    if (!closed && client == unanswered) {
      LOG.warn(
          keys(),
          "no answer from {}/{} within {}: sending goes on over a new connection",
          unanswered.client().getFullyQualifiedNamespace(),
          unanswered.client().getEventHubName(),
          DurationText.of(settings.sendTimeout()));
      client = new SdkClient(settings.buildClient(traced));
    }
  }

  /**
   * Only a batch without a limit of ours tells the service's; one above that would be refused. A
   * limit that may be that of a lost link is asked for once more, and not remembered.
   */
  private Mono<EventDataBatch> firstBatch(
      EventHubProducerAsyncClient used, Destination destination) {
    return used.createBatch(options(destination))
        .flatMap(
            batch ->
                mayBeOfALostLink(batch) ? used.createBatch(options(destination)) : Mono.just(batch))
        .flatMap(
            batch -> {
              int allowed = Math.min(maxBatchBytes, batch.getMaxSizeInBytes());
              if (!mayBeOfALostLink(batch)) {
                limit = allowed;
              }
              return allowed == batch.getMaxSizeInBytes()
                  ? Mono.just(batch)
                  : limitedBatch(used, destination, allowed);
            });
  }

  /**
   * A link that is lost before the service has opened it has no limit, and the SDK takes 256 KiB
   * for none (azure-messaging-eventhubs 5.21.5). The basic tier allows just as much.
   */
  private static boolean mayBeOfALostLink(EventDataBatch batch) {
    return batch.getMaxSizeInBytes() == LIMIT_WITHOUT_A_LINK;
  }

  private Mono<EventDataBatch> limitedBatch(
      EventHubProducerAsyncClient used, Destination destination, int bytes) {
    return used.createBatch(options(destination).setMaximumSizeInBytes(bytes))
        .onErrorMap(SdkEventSender::isAboveTheLimitOfTheLink, this::linkLost);
  }

  private static boolean isAboveTheLimitOfTheLink(Throwable failure) {
    return failure instanceof IllegalArgumentException
        && String.valueOf(failure.getMessage()).contains("is larger than the link size");
  }

  /** The link had a limit before: it is lost, or opened anew with another one. */
  private AmqpException linkLost(Throwable failure) {
    limit = UNKNOWN;
    return new AmqpException(true, "The link was lost while a batch was opened", failure, null);
  }

  private static CreateBatchOptions options(Destination destination) {
    CreateBatchOptions options = new CreateBatchOptions();
    destination.partitionId().ifPresent(options::setPartitionId);
    return options;
  }

  String namespace() {
    return client.client().getFullyQualifiedNamespace();
  }

  String eventHub() {
    return client.client().getEventHubName();
  }

  @Override
  public String target() {
    EventHubProducerAsyncClient current = client.client();
    return "event hub '"
        + current.getEventHubName()
        + "' in the namespace "
        + current.getFullyQualifiedNamespace();
  }

  @Override
  public LogKeys keys() {
    return client.keys();
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (ownsClient) {
      client.close();
    }
  }

  private final class SdkBatch implements EventBatch {

    private final EventDataBatch batch;
    private final boolean ordered;

    SdkBatch(EventDataBatch batch, boolean ordered) {
      this.batch = batch;
      this.ordered = ordered;
    }

    @Override
    public boolean tryAdd(Routed routed) {
      EventData sendable = SendableEvent.of(routed.event(), routed.route());
      try {
        return batch.tryAdd(sendable);
      } catch (AmqpException e) {
        if (SendFailure.of(e).isTooLarge()) {
          return false;
        }
        throw SendFailure.of(e).toException("Encoding an event", 1, target());
      } catch (RuntimeException e) {
        throw UnencodableEvent.failure(sendable, routed.route(), e);
      }
    }

    @Override
    public long limit() {
      return batch.getMaxSizeInBytes();
    }

    @Override
    public long size() {
      return batch.getSizeInBytes();
    }

    @Override
    public CompletionStage<?> send() {
      return attempt(ordered, used -> used.send(batch));
    }
  }
}
