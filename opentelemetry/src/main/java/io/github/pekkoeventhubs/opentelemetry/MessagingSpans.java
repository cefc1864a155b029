// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import java.util.Objects;

/**
 * Begins the spans of one kind of operation on one event hub, with the names and attributes of
 * OpenTelemetry's conventions for messaging and for Event Hubs.
 *
 * @param name of the spans
 * @param attributes that all of them have
 */
record MessagingSpans(Tracer tracer, String name, SpanKind kind, Attributes attributes) {

  static final AttributeKey<String> SYSTEM = AttributeKey.stringKey("messaging.system");
  static final AttributeKey<String> HUB = AttributeKey.stringKey("messaging.destination.name");
  static final AttributeKey<String> GROUP = AttributeKey.stringKey("messaging.consumer.group.name");
  static final AttributeKey<String> PARTITION =
      AttributeKey.stringKey("messaging.destination.partition.id");
  static final AttributeKey<String> OPERATION = AttributeKey.stringKey("messaging.operation.name");
  static final AttributeKey<String> TYPE = AttributeKey.stringKey("messaging.operation.type");
  static final AttributeKey<String> NAMESPACE = AttributeKey.stringKey("server.address");
  static final AttributeKey<Long> BATCH = AttributeKey.longKey("messaging.batch.message_count");
  static final AttributeKey<String> MESSAGE_ID = AttributeKey.stringKey("messaging.message.id");
  static final AttributeKey<Long> ENQUEUED =
      AttributeKey.longKey("messaging.eventhubs.message.enqueued_time");
  static final AttributeKey<String> ERROR = AttributeKey.stringKey("error.type");

  /** The conventions name none for it, and operators find an event by nothing else. */
  static final AttributeKey<Long> SEQUENCE_NUMBER =
      AttributeKey.longKey("pekko.eventhubs.sequence_number");

  /** A span has this many links by default. */
  static final int MOST_LINKS = 128;

  /** Spans of an operation on an event hub. */
  static MessagingSpans of(
      Tracer tracer, String operation, String type, SpanKind kind, String hub, Attributes more) {
    return new MessagingSpans(
        tracer,
        operation + " " + hub,
        kind,
        more.toBuilder()
            .put(SYSTEM, "eventhubs")
            .put(HUB, hub)
            .put(OPERATION, operation)
            .put(TYPE, type)
            .build());
  }

  SpanBuilder begin() {
    return tracer.spanBuilder(name).setSpanKind(kind).setAllAttributes(attributes);
  }

  /** The operation has failed with this. */
  static void failed(Span span, Throwable failure) {
    span.setAttribute(ERROR, failure.getClass().getName());
    span.setStatus(
        StatusCode.ERROR,
        Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName()));
  }
}
