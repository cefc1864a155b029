// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import com.azure.messaging.eventhubs.EventData;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import io.opentelemetry.context.propagation.TextMapSetter;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The context of a trace in the properties of an event. It is written as {@code traceparent}, as
 * the official clients read it, and as the application's propagators write it in addition.
 *
 * @param propagator the application's
 */
record TraceProperties(TextMapPropagator propagator) {

  private static final String TRACEPARENT = "traceparent";

  /** The name of older clients for the same, when its value has the form of the newer one. */
  private static final String DIAGNOSTIC_ID = "Diagnostic-Id";

  private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

  private static final TextMapGetter<Map<String, Object>> GETTER =
      new TextMapGetter<>() {
        // Versions of the API before 1.68 have no implementation of their own, and propagators ask.
        @SuppressWarnings("deprecation")
        @Override
        public Iterable<String> keys(Map<String, Object> properties) {
          return properties.keySet();
        }

        @Override
        public @Nullable String get(@Nullable Map<String, Object> properties, String key) {
          Object value = properties == null ? null : properties.get(key);
          if (value == null && properties != null && key.equals(TRACEPARENT)) {
            value = properties.get(DIAGNOSTIC_ID);
          }
          return value == null ? null : value.toString();
        }
      };

  /** A property without a value cannot be sent. A propagator may have none to tell. */
  private static final TextMapSetter<Map<String, String>> SETTER =
      (properties, key, value) -> {
        if (properties != null && key != null && value != null) {
          properties.put(key, value);
        }
      };

  /** For where no propagators are known: those of W3C's trace context. */
  static TraceProperties ofTraceContext() {
    return new TraceProperties(W3C);
  }

  /** Whether the event tells its receivers of a trace already. */
  static boolean areIn(EventData event) {
    Map<String, Object> properties = event.getProperties();
    return !properties.isEmpty()
        && (properties.containsKey(TRACEPARENT) || properties.containsKey(DIAGNOSTIC_ID));
  }

  /** The context of the event's sender; the root where it told none. */
  Context read(EventData event) {
    Map<String, Object> properties = event.getProperties();
    if (properties.isEmpty()) {
      return Context.root();
    }
    Context found = propagator.extract(Context.root(), properties, GETTER);
    return Span.fromContext(found).getSpanContext().isValid()
        ? found
        : W3C.extract(found, properties, GETTER);
  }

  /** The properties that tell of this context; empty if there is nothing to tell. */
  Map<String, String> written(Context context) {
    Map<String, String> properties = new HashMap<>(4);
    W3C.inject(context, properties, SETTER);
    propagator.inject(context, properties, SETTER);
    return properties;
  }
}
