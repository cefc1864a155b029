// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ProducerMessage;
import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerSettings;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import io.github.pekkoeventhubs.produce.DeadLetterEvent;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.NotUsed;
import org.apache.pekko.japi.function.Function;
import org.apache.pekko.stream.javadsl.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Puts what could not be processed into an event hub for it, so that the stream can go on.
 *
 * <p>A dead letter is the event as it was received, without the number of its producer ({@link
 * io.github.pekkoeventhubs.ProducerNumber}), and with properties that say why it is there ({@link
 * #REASON}), where it came from ({@link #EVENT_HUB}, {@link #CONSUMER_GROUP}, {@link #PARTITION},
 * {@link #SEQUENCE_NUMBER}) and how often it has been there ({@link #COUNT}: greater than 1 after
 * somebody has sent a dead letter back). It goes where its partition key leads, or to any partition
 * if it has none. Its offset comes out when the event hub has accepted it, and never before the
 * offsets of the events before it: a committer behind the flow commits nothing that is neither
 * processed nor put aside. If the event hub does not accept a dead letter, the stream fails.
 * Reasons and events are read on the stream's thread; the methods are safe for all threads.
 */
public final class DeadLetters {

  /** The property with the failure as text: its class and its message, at most 1000 characters. */
  public static final String REASON = DeadLetterEvent.REASON;

  /** The property with the event hub that the event was read from. */
  public static final String EVENT_HUB = DeadLetterEvent.EVENT_HUB;

  /** The property with the consumer group that read it. */
  public static final String CONSUMER_GROUP = DeadLetterEvent.CONSUMER_GROUP;

  /** The property with the id of the partition that it was read from: text. */
  public static final String PARTITION = DeadLetterEvent.PARTITION;

  /** The property with its sequence number there: a long. */
  public static final String SEQUENCE_NUMBER = DeadLetterEvent.SEQUENCE_NUMBER;

  /** The property that counts how often it has become a dead letter: an int, 1 the first time. */
  public static final String COUNT = DeadLetterEvent.COUNT;

  private DeadLetters() {}

  /**
   * An event after its processing.
   *
   * @param failure why it could not be processed; null if it was
   */
  public record Outcome(CommittableEvent event, @Nullable Throwable failure) {

    /** The event must be there. */
    public Outcome {
      Objects.requireNonNull(event, "event");
    }
  }

  /** The event was processed. */
  public static Outcome processed(CommittableEvent event) {
    return new Outcome(event, null);
  }

  /** The event could not be processed, for this reason, and is to be put aside. */
  public static Outcome failed(CommittableEvent event, Throwable reason) {
    return new Outcome(event, Objects.requireNonNull(reason, "reason"));
  }

  /**
   * Sends the events that failed to the event hub of the settings, and emits the offsets of all, in
   * the order of the events. It fails with what {@link Producer}'s flows fail with; an event that
   * its new properties make too large goes to the handler of {@link
   * ProducerSettings#withOversizedEventHandler}, or fails the stream.
   */
  public static Flow<Outcome, CommittableOffset, NotUsed> flow(ProducerSettings settings) {
    return Flow.<Outcome>create()
        .map(outcome -> UnexpectedFailure.PRODUCER.guard(() -> envelope(outcome)))
        .via(Producer.flexiFlow(settings))
        .map(Results::passThrough);
  }

  private static Envelope<CommittableOffset> envelope(Outcome outcome) {
    CommittableOffset offset = outcome.event().committableOffset();
    Throwable failure = outcome.failure();
    return failure == null
        ? ProducerMessage.passThrough(offset)
        : ProducerMessage.multi(List.of(DeadLetterEvent.of(outcome.event(), failure)), offset);
  }

  /**
   * Processes events, {@code parallelism} at a time, and puts aside those whose processing fails,
   * by an exception of the handler or of what it returns. Try again within the handler where that
   * can help.
   */
  public static Flow<CommittableEvent, CommittableOffset, NotUsed> processing(
      ProducerSettings settings,
      int parallelism,
      Function<CommittableEvent, ? extends CompletionStage<?>> handler) {
    return Flow.<CommittableEvent>create()
        .mapAsync(parallelism, event -> outcome(event, handler))
        .via(flow(settings));
  }

  private static CompletionStage<Outcome> outcome(
      CommittableEvent event, Function<CommittableEvent, ? extends CompletionStage<?>> handler) {
    CompletionStage<?> processing;
    try {
      processing = handler.apply(event);
    } catch (Exception e) {
      return CompletableFuture.completedFuture(failed(event, e));
    }
    return processing.handle(
        (done, failure) ->
            failure == null ? processed(event) : failed(event, StageFailure.causeOf(failure)));
  }
}
