// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import com.azure.core.util.tracing.Tracer;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.tracing.BoundTracing;
import io.github.pekkoeventhubs.tracing.EventTrace;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.japi.function.Function;

/**
 * Makes OpenTelemetry's spans of what streams do. One line is enough for everything that begins in
 * an actor system from then on:
 *
 * <pre>{@code
 * EventHubsTracing.bind(openTelemetry, system);
 * }</pre>
 *
 * <p>{@code docs/tracing.md} lists the spans. An event has one from its emission to its
 * acknowledgement; {@link #contextOf(CommittableEvent)} has it, and {@link #processing} makes it
 * the current one for a function of yours. Events that are sent tell their receivers of their trace
 * by the property {@code traceparent}.
 *
 * <p>Thread-safe. Nothing here blocks or fails, but for arguments that are missing. A span
 * processor, a sampler or a propagator of yours that throws is logged, and the stream goes on
 * without that span.
 */
public final class EventHubsTracing implements AutoCloseable {

  private static final String NO_STAGE =
      "the function of EventHubsTracing.processing has returned null: return a CompletionStage,"
          + " one that is completed where there is nothing to wait for";

  private final BoundTracing system;
  private final OpenTelemetryTracing tracing;

  private EventHubsTracing(BoundTracing system, OpenTelemetryTracing tracing) {
    this.system = system;
    this.tracing = tracing;
  }

  /**
   * Traces all sources and producers of the actor system: a producer that starts from now on, and a
   * source with the next partition that it takes over. So bind before the streams are run. Replaces
   * what was bound to the actor system before.
   *
   * @throws NullPointerException if an argument is missing; names it
   */
  public static EventHubsTracing bind(
      OpenTelemetry openTelemetry, ClassicActorSystemProvider system) {
    Objects.requireNonNull(openTelemetry, "openTelemetry");
    Objects.requireNonNull(system, "system");
    EventHubsTracing bound =
        new EventHubsTracing(BoundTracing.of(system), new OpenTelemetryTracing(openTelemetry));
    bound.system.bind(bound.tracing);
    return bound;
  }

  /**
   * The context of an event while it is processed: that of its sender, with the span of the event.
   * Make it current where the event is worked on, or the parent of spans of yours. If the event is
   * not traced, it is the context of the sender alone.
   */
  public static Context contextOf(CommittableEvent event) {
    return ContextOfEvent.of(event);
  }

  /**
   * The same, for streams whose context is the offset. If the event is not traced, it is the root.
   */
  public static Context contextOf(CommittableOffset offset) {
    return ContextOfEvent.of(offset);
  }

  /**
   * The context that the sender of an event has told, by its property {@code traceparent} or the
   * older {@code Diagnostic-Id}; the root if it told none. For events of streams without
   * acknowledgement, which have no spans of their own.
   */
  public static Context senderOf(EventData event) {
    return ContextOfEvent.ofSender(event);
  }

  /**
   * Gives an event that is to be sent its parent, in the way of the SDK: a producer of the SDK
   * respects it too. Without it, the parent is found as {@code docs/tracing.md} says. An event that
   * has {@code traceparent} already keeps it.
   *
   * @param event one that the application has made; it is changed
   * @return the event
   */
  public static EventData withParent(EventData event, Context parent) {
    return event.addContext(Tracer.PARENT_TRACE_CONTEXT_KEY, parent);
  }

  /**
   * A function for {@code mapAsync} in which the context of the event is the current one. Where it
   * throws, or its stage fails, the span of the event says so. The context is current on the thread
   * that calls the function, until it returns; for what it does on other threads, wrap executors
   * with {@link Context#taskWrapping(java.util.concurrent.Executor)}.
   *
   * @param process is called once per event, on the thread of the stream; if it returns null, the
   *     event fails with a {@link NullPointerException} that says so, as it fails in {@code
   *     mapAsync} alone
   */
  public static <T> Function<CommittableEvent, CompletionStage<T>> processing(
      Function<CommittableEvent, CompletionStage<T>> process) {
    return event -> {
      CompletionStage<T> result;
      Scope scope = contextOf(event).makeCurrent();
      try {
        result = Objects.requireNonNull(process.apply(event), NO_STAGE);
      } catch (Exception e) {
        failed(event, e);
        throw e;
      } finally {
        scope.close();
      }
      return result.whenComplete(
          (done, failure) -> {
            if (failure != null) {
              failed(event, failure);
            }
          });
    };
  }

  private static void failed(CommittableEvent event, Throwable failure) {
    EventTrace trace = event.committableOffset().trace();
    if (trace instanceof ReceivedEvent received) {
      received.failed(StageFailure.causeOf(failure));
    }
  }

  /**
   * Traces nothing that begins from now on. The streams that run are traced to their end:
   * partitions until they are given up, producers until they end. Idempotent.
   */
  @Override
  public void close() {
    system.unbind(tracing);
  }
}
