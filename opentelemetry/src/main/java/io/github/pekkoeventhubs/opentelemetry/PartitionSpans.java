// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.opentelemetry;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The spans of one epoch of a partition. It knows the events that are sampled and wait for their
 * acknowledgement, which are no more than {@code max-uncommitted}, and for the links of the next
 * checkpoint the last {@value MessagingSpans#MOST_LINKS} that were acknowledged. Thread-safe; no
 * span is begun or ended under the lock.
 */
final class PartitionSpans implements PartitionTracing {

  private static final String GIVEN_UP =
      "the partition was given up before the event was acknowledged; it is received again";
  private static final String STREAM_FAILED =
      "the stream has failed before the event was acknowledged; it is received again";

  private final boolean ordered;
  private final TraceProperties properties;
  private final MessagingSpans process;
  private final MessagingSpans checkpoint;
  private final BiFunction<EventData, Context, Context> beginning = this::processing;
  private final Consumer<ReceivedEvent> whenEmitted = this::emitted;

  // All below is guarded by this.
  private final TreeMap<Long, ReceivedEvent> waiting = new TreeMap<>();
  private final TreeMap<Long, SpanContext> unstored = new TreeMap<>();
  private boolean streamHasFailed;
  private boolean over;

  PartitionSpans(
      Tracer tracer,
      TraceProperties properties,
      EventHubPartition partition,
      Acknowledgement acknowledgement) {
    this.ordered = acknowledgement == Acknowledgement.ORDERED;
    this.properties = properties;
    String hub = partition.eventHub();
    Attributes attributes =
        Attributes.of(
            MessagingSpans.NAMESPACE,
            partition.namespace(),
            MessagingSpans.GROUP,
            partition.consumerGroup(),
            MessagingSpans.PARTITION,
            partition.partitionId());
    this.process =
        MessagingSpans.of(tracer, "process", "process", SpanKind.CONSUMER, hub, attributes);
    this.checkpoint =
        MessagingSpans.of(tracer, "checkpoint", "settle", SpanKind.CLIENT, hub, attributes);
  }

  @Override
  public ReceivedEvent trace(PartitionEvent event) {
    EventData data = event.getData();
    return new ReceivedEvent(data, properties.read(data), beginning, whenEmitted);
  }

  /** The sender's context with a span that begins now: its child, and linked to it. */
  private Context processing(EventData event, Context sender) {
    SpanBuilder builder = process.begin().setParent(sender);
    SpanContext sent = Span.fromContext(sender).getSpanContext();
    if (sent.isValid()) {
      builder.addLink(sent);
    }
    builder.setAttribute(MessagingSpans.SEQUENCE_NUMBER, event.getSequenceNumber());
    Instant enqueued = event.getEnqueuedTime();
    if (enqueued != null) {
      builder.setAttribute(MessagingSpans.ENQUEUED, enqueued.getEpochSecond());
    }
    String id = event.getMessageId();
    if (id != null) {
      builder.setAttribute(MessagingSpans.MESSAGE_ID, id);
    }
    return sender.with(builder.startSpan());
  }

  /** Only what is recorded has to be ended. */
  private void emitted(ReceivedEvent event) {
    if (!event.span().isRecording()) {
      return;
    }
    boolean isLate;
    synchronized (this) {
      isLate = over;
      if (!isLate) {
        waiting.put(event.sequenceNumber(), event);
      }
    }
    if (isLate) {
      event.givenUp(GIVEN_UP);
    }
  }

  @Override
  public void acknowledged(long sequenceNumber) {
    List<ReceivedEvent> acknowledged;
    synchronized (this) {
      acknowledged =
          ordered
              ? taken(waiting.headMap(sequenceNumber, true).values())
              : taken(waiting.subMap(sequenceNumber, true, sequenceNumber, true).values());
      acknowledged.forEach(this::remember);
    }
    endAll(acknowledged, ReceivedEvent::acknowledged);
  }

  private void remember(ReceivedEvent event) {
    unstored.put(event.sequenceNumber(), event.span().getSpanContext());
    if (unstored.size() > MessagingSpans.MOST_LINKS) {
      unstored.pollFirstEntry();
    }
  }

  @Override
  public void skipped(long sequenceNumber) {
    ReceivedEvent event;
    synchronized (this) {
      event = waiting.remove(sequenceNumber);
    }
    if (event != null) {
      event.acknowledged();
    }
  }

  @Override
  public Consumer<@Nullable Throwable> storing(long sequenceNumber) {
    SpanBuilder builder =
        checkpoint
            .begin()
            .setNoParent()
            .setAttribute(MessagingSpans.SEQUENCE_NUMBER, sequenceNumber);
    List<SpanContext> linked;
    synchronized (this) {
      linked = new ArrayList<>(unstored.headMap(sequenceNumber, true).values());
    }
    linked.forEach(builder::addLink);
    Span span = builder.startSpan();
    return failure -> {
      if (failure == null) {
        stored(sequenceNumber);
      } else {
        MessagingSpans.failed(span, failure);
      }
      span.end();
    };
  }

  private synchronized void stored(long sequenceNumber) {
    unstored.headMap(sequenceNumber, true).clear();
  }

  @Override
  public synchronized void streamFailed() {
    streamHasFailed = true;
  }

  @Override
  public void ended() {
    List<ReceivedEvent> unacknowledged;
    String reason;
    synchronized (this) {
      over = true;
      reason = streamHasFailed ? STREAM_FAILED : GIVEN_UP;
      unacknowledged = taken(waiting.values());
      unstored.clear();
    }
    endAll(unacknowledged, event -> event.givenUp(reason));
  }

  /** Ends the spans of all of them, also after one that cannot be ended. Then fails as that did. */
  private static void endAll(List<ReceivedEvent> events, Consumer<ReceivedEvent> end) {
    RuntimeException first = null;
    for (ReceivedEvent event : events) {
      try {
        end.accept(event);
      } catch (RuntimeException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }

  private static List<ReceivedEvent> taken(Collection<ReceivedEvent> events) {
    List<ReceivedEvent> taken = new ArrayList<>();
    for (Iterator<ReceivedEvent> all = events.iterator(); all.hasNext(); ) {
      taken.add(all.next());
      all.remove();
    }
    return taken;
  }
}
