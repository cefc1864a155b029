// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.tracing.BatchTrace;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.context.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A span for each attempt to send one batch, with links to what its events belong to. If that is
 * one trace for all of them, the span belongs to it as well; else it is a trace of its own.
 */
final class BatchSpans implements BatchTrace {

  private static final TraceProperties PROPERTIES = TraceProperties.ofTraceContext();

  private final MessagingSpans send;
  private final @Nullable String partitionId;
  private final List<SpanContext> links = new ArrayList<>();
  private long events;
  private Context parent = Context.root();
  private boolean isOneTrace = true;

  BatchSpans(MessagingSpans send, @Nullable String partitionId) {
    this.send = send;
    this.partitionId = partitionId;
  }

  @Override
  public void added(EventData event) {
    events++;
    if (!isOneTrace && links.size() >= MessagingSpans.MOST_LINKS) {
      return;
    }
    Context context = PROPERTIES.read(event);
    SpanContext created = Span.fromContext(context).getSpanContext();
    if (events == 1) {
      parent = context;
    }
    isOneTrace &=
        created.isValid()
            && created.getTraceId().equals(Span.fromContext(parent).getSpanContext().getTraceId());
    if (created.isValid() && links.size() < MessagingSpans.MOST_LINKS) {
      links.add(created);
    }
  }

  @Override
  public Consumer<@Nullable Throwable> sending() {
    SpanBuilder builder =
        send.begin()
            .setParent(isOneTrace ? parent : Context.root())
            .setAttribute(MessagingSpans.BATCH, events);
    if (partitionId != null) {
      builder.setAttribute(MessagingSpans.PARTITION, partitionId);
    }
    links.forEach(builder::addLink);
    Span span = builder.startSpan();
    return failure -> {
      if (failure != null) {
        MessagingSpans.failed(span, failure);
      }
      span.end();
    };
  }
}
