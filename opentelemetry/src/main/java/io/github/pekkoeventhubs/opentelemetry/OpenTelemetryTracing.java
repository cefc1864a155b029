// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import io.github.pekkoeventhubs.tracing.ProducerTracing;
import io.github.pekkoeventhubs.tracing.StreamTracing;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import org.jspecify.annotations.Nullable;

/** Makes the spans of all that begins in an actor system. Thread-safe. */
final class OpenTelemetryTracing implements StreamTracing {

  private static final String NAME = "io.github.pekkoeventhubs";

  private final Tracer tracer;
  private final TraceProperties properties;

  OpenTelemetryTracing(OpenTelemetry openTelemetry) {
    this.tracer = openTelemetry.getTracer(NAME);
    this.properties = new TraceProperties(openTelemetry.getPropagators().getTextMapPropagator());
  }

  @Override
  public PartitionTracing partition(EventHubPartition partition, Acknowledgement acknowledgement) {
    return new PartitionSpans(tracer, properties, partition, acknowledgement);
  }

  @Override
  public ProducerTracing producer(String namespace, String eventHub) {
    return new ProducerSpans(tracer, properties, namespace, eventHub);
  }

  @Override
  public @Nullable Object callersContext() {
    return Context.current();
  }
}
