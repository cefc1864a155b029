// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.EventSize;
import io.github.pekkoeventhubs.EventTooLargeException;
import io.github.pekkoeventhubs.OversizedEventHandler;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.UnansweredSendException;
import io.github.pekkoeventhubs.UnansweredSends;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.produce.EventSender.EventBatch;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.pattern.Patterns;
import org.jspecify.annotations.Nullable;

/**
 * Sends the batches of one stream: makes the SDK's batches of them, sends again what failed for a
 * passing reason, and asks the handler about events that are too large.
 *
 * <p>Thread-safe. The steps of one batch follow each other on whichever thread completes them, but
 * for the encoding of its events, which is half of what sending costs: the batches are encoded one
 * after the other on a thread of the stream's dispatcher, so that the stage goes on meanwhile and
 * they set out in the order in which they were given. The other half is to find out what fits,
 * which the stage does with each event as it comes: it has the event at hand, and stays about as
 * busy as the encoding, so that no more than needed piles up between the two.
 */
final class BatchTransmission {

  private static final KeyedLog LOG = KeyedLog.of(BatchTransmission.class);

  private static final String NO_ANSWER =
      "the handler of withOversizedEventHandler has answered null: return a CompletionStage of an"
          + " Optional, which is empty where nothing is to be sent";

  private final EventSender sender;
  private final boolean failAlone;
  private final RetryBackoff backoff;
  private final UnansweredSends unanswered;
  private final Optional<OversizedEventHandler> oversizedEventHandler;
  private final ActorSystem system;
  private final Executor encoding;
  private volatile boolean stopped;

  /** Whether the service has taken a batch. */
  private volatile boolean accepted;

  /** The last attempt to open a batch. */
  private volatile @Nullable CompletableFuture<EventBatch> lastOpening;

  /** The last encoding that was asked for. Guarded by this. */
  private CompletableFuture<?> lastEncoding = CompletableFuture.completedFuture(null);

  /**
   * @param failAlone whether an event that cannot be sent is left out, instead of failing all
   * @param system for the delays between attempts
   * @param encoding what the events are encoded on
   */
  BatchTransmission(
      EventSender sender,
      RetryBackoff backoff,
      UnansweredSends unanswered,
      Optional<OversizedEventHandler> oversizedEventHandler,
      boolean failAlone,
      ActorSystem system,
      Executor encoding) {
    this.sender = sender;
    this.failAlone = failAlone;
    this.backoff = backoff;
    this.unanswered = unanswered;
    this.oversizedEventHandler = oversizedEventHandler;
    this.system = system;
    this.encoding = encoding;
  }

  /**
   * Opens a batch of the SDK's, into which events can be loaded as they come. Where that fails it
   * is tried again when the batch is to be sent; and while there is no connection only what is to
   * be sent asks for one.
   */
  BatchLoad open(Destination destination) {
    CompletableFuture<EventBatch> last = lastOpening;
    boolean early = last == null || (last.isDone() && !last.isCompletedExceptionally());
    return new BatchLoad(destination, () -> opening(destination), early);
  }

  private CompletionStage<EventBatch> opening(Destination destination) {
    CompletionStage<EventBatch> opening = attempted(() -> sender.openBatch(destination));
    lastOpening = opening.toCompletableFuture();
    return opening;
  }

  /**
   * The partitions that the event hub has now. A question that fails for a passing reason is
   * repeated as often as a batch. Fails with an {@code EventHubsException}.
   */
  CompletionStage<List<String>> partitionIds() {
    return repeatedly(
        Destination.any(),
        "Asking for the partitions, which the partition keys need,",
        Failures.NONE,
        () -> sender.partitionIds().thenApply(this::named));
  }

  private List<String> named(List<String> ids) {
    if (ids.isEmpty()) {
      throw new PartitionNotFoundException(
          "the service names no partitions of "
              + sender.target()
              + ", so that there is none for a partition key: add partitions to the event hub");
    }
    return ids;
  }

  /**
   * Sends the events in their order, and completes when all have been acknowledged. Usually that is
   * one batch of the SDK's; where the events come out larger than was estimated it is several, one
   * after the other. Fails with an {@code EventHubsException}, or with what the handler failed
   * with.
   *
   * @param load made for these events; the caller leaves it alone from now on
   */
  CompletionStage<Done> send(BatchLoad load, List<OutgoingEvent> events) {
    return repeatedly(
            load.destination(),
            sending(load.destination(), events.size()),
            Failures.NONE,
            load::opened)
        .thenCompose(batch -> inTurn(() -> sendLoaded(load, batch, events)));
  }

  private CompletionStage<Done> sendRest(Destination destination, List<OutgoingEvent> rest) {
    return rest.isEmpty()
        ? CompletableFuture.completedFuture(Done.getInstance())
        : send(open(destination), rest);
  }

  private synchronized CompletionStage<Done> inTurn(Supplier<CompletionStage<Done>> sending) {
    CompletableFuture<CompletionStage<Done>> turn =
        lastEncoding.handleAsync((done, failure) -> started(sending), encoding);
    lastEncoding = turn;
    return turn.thenCompose(sent -> sent);
  }

  private static CompletionStage<Done> started(Supplier<CompletionStage<Done>> sending) {
    try {
      return sending.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(UnexpectedFailure.PRODUCER.of(e));
    }
  }

  private CompletionStage<Done> sendLoaded(
      BatchLoad load, EventBatch batch, List<OutgoingEvent> events) {
    RuntimeException unloadable = null;
    try {
      load.add(batch, events);
    } catch (RuntimeException e) {
      unloadable = e;
    }
    Destination destination = load.destination();
    List<OutgoingEvent> rest = events.subList(load.taken(), events.size());
    if (load.size() > 0) {
      String attempted = sending(destination, load.size());
      return repeatedly(
              destination, attempted, Failures.NONE, () -> sendOnce(destination, attempted, batch))
          .thenCompose(
              sent -> {
                if (failAlone && !rest.isEmpty()) {
                  events.subList(0, load.taken()).forEach(OutgoingEvent::stored);
                }
                return sendRest(destination, rest);
              });
    }
    // Nothing fits into an empty batch, unless everything before it had been taken away.
    if (rest.isEmpty()) {
      return sendRest(destination, rest);
    }
    OutgoingEvent first = rest.get(0);
    return aloneOrAll(
            first,
            unloadable == null
                ? resolveOversized(first, batch.limit())
                : CompletableFuture.failedFuture(UnexpectedFailure.PRODUCER.of(unloadable)))
        .thenCompose(done -> sendRest(destination, rest));
  }

  /**
   * Where events fail alone, what fails with one of them is its own failure, and it is left out.
   */
  private CompletionStage<Done> aloneOrAll(OutgoingEvent event, CompletionStage<Done> resolved) {
    return failAlone
        ? resolved.exceptionally(
            failure -> {
              event.fail(StageFailure.causeOf(failure));
              return Done.getInstance();
            })
        : resolved;
  }

  /** Where the order counts, what may have been stored is not sent again unless that is wanted. */
  private CompletionStage<?> sendOnce(Destination destination, String attempted, EventBatch batch) {
    CompletionStage<?> sent = batch.send().thenRun(() -> accepted = true);
    return !destination.ordered() || unanswered == UnansweredSends.RETRY
        ? sent
        : sent.exceptionallyCompose(
            thrown -> CompletableFuture.failedFuture(lasting(attempted, thrown)));
  }

  /** Failures of ours are not followed by another attempt. */
  private static Throwable lasting(String attempted, Throwable thrown) {
    SendFailure failure = SendFailure.of(thrown);
    return failure.mayBeStored() ? new UnansweredSendException(attempted, failure.cause()) : thrown;
  }

  /** The next attempt brings a token of its own: if it is refused as well, the rights are gone. */
  private boolean isAccessLost(SendFailure failure) {
    return accepted && failure.isAccessRefused();
  }

  private CompletionStage<Done> resolveOversized(OutgoingEvent event, long limit) {
    EventData oversized = event.current().orElse(event.original()).event();
    EventTooLargeException tooLarge =
        new EventTooLargeException(
            EventSize.estimateAlone(oversized, event.original().route()), limit);
    if (oversizedEventHandler.isEmpty() || event.isReplaced()) {
      return CompletableFuture.failedFuture(tooLarge);
    }
    return answer(oversizedEventHandler.get(), event.original(), tooLarge)
        .thenApply(
            replacement -> {
              event.replace(Objects.requireNonNull(replacement, NO_ANSWER));
              return Done.getInstance();
            });
  }

  /** The application's answer, or its failure as it is. */
  private static CompletionStage<Optional<EventData>> answer(
      OversizedEventHandler handler, Routed event, EventTooLargeException tooLarge) {
    try {
      return Objects.requireNonNull(handler.handle(event, tooLarge), NO_ANSWER);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static String sending(Destination destination, int events) {
    return "Sending a batch of " + events + " events to " + destination;
  }

  private <T> CompletionStage<T> repeatedly(
      Destination destination,
      String attempted,
      Failures earlier,
      Supplier<CompletionStage<T>> attempt) {
    return attempted(attempt)
        .exceptionallyCompose(
            thrown -> {
              SendFailure failure = SendFailure.of(thrown);
              Failures failures = earlier.and(failure);
              boolean passing =
                  failure.isPassing() || (!earlier.accessRefused() && isAccessLost(failure));
              Optional<Duration> delay =
                  passing && !stopped ? backoff.delay(earlier.number()) : Optional.empty();
              if (delay.isEmpty()) {
                return CompletableFuture.failedFuture(
                    failure.toException(attempted, failures.number(), sender.target()));
              }
              LOG.warn(
                  sender.keys().partition(destination.partitionId().orElse(null)),
                  "{} failed; attempt {} follows in {} ms: {}",
                  attempted,
                  failures.number() + 1,
                  delay.get().toMillis(),
                  failure.cause().toString());
              return after(delay.get())
                  .thenCompose(done -> repeatedly(destination, attempted, failures, attempt));
            });
  }

  /** Pekko's {@code after} never completes if its value is null, as that of an attempt may be. */
  private CompletionStage<Done> after(Duration delay) {
    return Patterns.after(
        delay, system, () -> CompletableFuture.completedFuture(Done.getInstance()));
  }

  private <T> CompletionStage<T> attempted(Supplier<CompletionStage<T>> attempt) {
    if (stopped) {
      return CompletableFuture.failedFuture(new CancellationException("The stream has ended"));
    }
    try {
      return attempt.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Nothing is sent from now on: the stream has ended, and a stream that takes its place may be
   * sending the same events.
   */
  void stop() {
    stopped = true;
  }

  /**
   * The attempts in a row that have failed.
   *
   * @param accessRefused whether one of them was refused access, for whatever reason others failed
   */
  private record Failures(int number, boolean accessRefused) {

    static final Failures NONE = new Failures(0, false);

    Failures and(SendFailure failure) {
      return new Failures(number + 1, accessRefused || failure.isAccessRefused());
    }
  }
}
