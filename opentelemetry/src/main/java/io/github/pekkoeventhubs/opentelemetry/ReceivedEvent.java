// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.tracing.EventTrace;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.context.Context;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One event on its way through a stream, and its span. Thread-safe. */
final class ReceivedEvent implements EventTrace {

  /** The error of an event whose acknowledgement did not come before its partition was given up. */
  static final String NOT_ACKNOWLEDGED = "not_acknowledged";

  private final BiFunction<EventData, Context, Context> beginning;
  private final Consumer<ReceivedEvent> whenEmitted;
  private final long sequenceNumber;

  /** The context of the sender, and from the emission on with the span of this event. */
  private volatile Context context;

  /** Let go with the emission. */
  private volatile @Nullable EventData event;

  private volatile boolean failed;

  /**
   * @param sender its context
   * @param beginning makes the context of the event when it is emitted, from that of the sender
   * @param whenEmitted is told then
   */
  ReceivedEvent(
      EventData event,
      Context sender,
      BiFunction<EventData, Context, Context> beginning,
      Consumer<ReceivedEvent> whenEmitted) {
    this.beginning = beginning;
    this.whenEmitted = whenEmitted;
    this.sequenceNumber = event.getSequenceNumber();
    this.event = event;
    this.context = sender;
  }

  long sequenceNumber() {
    return sequenceNumber;
  }

  Context context() {
    return context;
  }

  Span span() {
    return Span.fromContext(context);
  }

  @Override
  public void emitted() {
    EventData data = event;
    if (data != null) {
      event = null;
      context = beginning.apply(data, context);
      whenEmitted.accept(this);
    }
  }

  /** Processing it has failed. It may be acknowledged all the same. */
  void failed(Throwable failure) {
    failed = true;
    Span span = span();
    span.recordException(failure);
    MessagingSpans.failed(span, failure);
  }

  void acknowledged() {
    span().end();
  }

  void givenUp(String reason) {
    Span span = span();
    if (!failed) {
      span.setAttribute(MessagingSpans.ERROR, NOT_ACKNOWLEDGED);
      span.setStatus(StatusCode.ERROR, reason);
    }
    span.end();
  }
}
