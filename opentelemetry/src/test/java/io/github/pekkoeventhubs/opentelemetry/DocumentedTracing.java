// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.javadsl.Consumer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.stream.javadsl.Source;

/** The code of {@code docs/tracing.md}. */
final class DocumentedTracing {

  EventHubsTracing bind(OpenTelemetry openTelemetry, ActorSystem<?> system) {
    // snippet: bind
    EventHubsTracing tracing = EventHubsTracing.bind(openTelemetry, system);
    // end
    return tracing;
  }

  Source<CommittableOffset, Consumer.Control> processing(ConsumerSettings consumerSettings) {
    // snippet: processing
    Source<CommittableOffset, Consumer.Control> priced =
        Consumer.committableSource(consumerSettings, Subscriptions.clusterSharded())
            .mapAsync(8, EventHubsTracing.processing(this::price));
    // end
    return priced;
  }

  private CompletionStage<CommittableOffset> price(CommittableEvent event) {
    return CompletableFuture.completedFuture(event.committableOffset());
  }

  Span context(CommittableEvent event, Tracer tracer) {
    // snippet: context
    Context context = EventHubsTracing.contextOf(event);
    Span span = tracer.spanBuilder("price").setParent(context).startSpan();
    // end
    return span;
  }

  EventData parent() {
    // snippet: parent
    EventData event = EventHubsTracing.withParent(new EventData("order 7"), Context.current());
    // end
    return event;
  }
}
