// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.tracing.BatchTrace;
import io.github.pekkoeventhubs.tracing.ProducerTracing;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The spans of one producer. Thread-safe. */
final class ProducerSpans implements ProducerTracing {

  private final TraceProperties properties;
  private final MessagingSpans create;
  private final MessagingSpans send;

  ProducerSpans(Tracer tracer, TraceProperties properties, String namespace, String eventHub) {
    this.properties = properties;
    Attributes attributes = Attributes.of(MessagingSpans.NAMESPACE, namespace);
    this.create =
        MessagingSpans.of(tracer, "create", "create", SpanKind.PRODUCER, eventHub, attributes);
    this.send = MessagingSpans.of(tracer, "send", "send", SpanKind.CLIENT, eventHub, attributes);
  }

  @Override
  public Map<String, String> created(
      EventData event, @Nullable Object origin, @Nullable Object caller) {
    if (TraceProperties.areIn(event)) {
      return Map.of();
    }
    Context parent = parent(origin, caller);
    Span span = create.begin().setParent(parent).startSpan();
    span.end();
    return properties.written(parent.with(span));
  }

  private static Context parent(@Nullable Object origin, @Nullable Object caller) {
    if (origin instanceof Context given) {
      return given;
    }
    Context received = Context.root();
    if (origin instanceof CommittableOffset offset) {
      received = ContextOfEvent.of(offset);
    } else if (origin instanceof CommittableEvent event) {
      received = ContextOfEvent.of(event);
    }
    return received == Context.root() && caller instanceof Context context ? context : received;
  }

  @Override
  public BatchTrace batch(@Nullable String partitionId) {
    return new BatchSpans(send, partitionId);
  }
}
