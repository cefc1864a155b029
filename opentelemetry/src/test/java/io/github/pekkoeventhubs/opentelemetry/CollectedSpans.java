// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import static org.awaitility.Awaitility.await;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.ReadWriteSpan;
import io.opentelemetry.sdk.trace.ReadableSpan;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanProcessor;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.core.ThrowingRunnable;

/**
 * All spans of this process, those of the SDK's plug-in included, which knows no other
 * OpenTelemetry than the global one.
 */
final class CollectedSpans {

  static final Duration PATIENCE = Duration.ofSeconds(40);

  private static final InMemorySpanExporter FINISHED = InMemorySpanExporter.create();
  private static final Set<String> OPEN = ConcurrentHashMap.newKeySet();

  /** Counts those that were begun and not ended. */
  private static final SpanProcessor BEGUN =
      new SpanProcessor() {
        @Override
        public void onStart(Context parent, ReadWriteSpan span) {
          OPEN.add(span.getSpanContext().getSpanId());
        }

        @Override
        public boolean isStartRequired() {
          return true;
        }

        @Override
        public void onEnd(ReadableSpan span) {
          OPEN.remove(span.getSpanContext().getSpanId());
        }

        @Override
        public boolean isEndRequired() {
          return true;
        }
      };

  static final OpenTelemetry OPEN_TELEMETRY =
      OpenTelemetrySdk.builder()
          .setTracerProvider(
              SdkTracerProvider.builder()
                  .addSpanProcessor(BEGUN)
                  .addSpanProcessor(SimpleSpanProcessor.create(FINISHED))
                  .build())
          .buildAndRegisterGlobal();

  static final Tracer TRACER = OPEN_TELEMETRY.getTracer("test");

  private CollectedSpans() {}

  static void forget() {
    FINISHED.reset();
    OPEN.clear();
  }

  static int open() {
    return OPEN.size();
  }

  static List<SpanData> finished() {
    return FINISHED.getFinishedSpanItems();
  }

  static List<SpanData> named(String name) {
    return finished().stream().filter(span -> plain(span.getName()).equals(name)).toList();
  }

  /** Each test has event hubs of its own, with a number in their names. */
  private static String plain(String name) {
    return name.replaceAll("-\\d+$", "");
  }

  static SpanData only(String name) {
    List<SpanData> spans = named(name);
    if (spans.size() != 1) {
      throw new AssertionError("one span '" + name + "' was expected: " + names());
    }
    return spans.get(0);
  }

  static List<String> names() {
    return finished().stream().map(span -> plain(span.getName())).toList();
  }

  static boolean isChildOf(SpanData child, SpanData parent) {
    return child.getTraceId().equals(parent.getTraceId())
        && child.getParentSpanId().equals(parent.getSpanId());
  }

  static boolean isLinkedTo(SpanData span, SpanData other) {
    return span.getLinks().stream()
        .anyMatch(link -> link.getSpanContext().getSpanId().equals(other.getSpanId()));
  }

  static Span begin(String name) {
    return TRACER.spanBuilder(name).setNoParent().startSpan();
  }

  static void eventually(ThrowingRunnable assertion) {
    await().atMost(PATIENCE).pollInterval(Duration.ofMillis(50)).untilAsserted(assertion);
  }
}
