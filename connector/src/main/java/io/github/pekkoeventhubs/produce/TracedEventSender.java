// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.tracing.BatchTrace;
import io.github.pekkoeventhubs.tracing.ProducerTracing;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Traces what a sender sends: each event tells its receivers of its trace, and each attempt to send
 * a batch is told to the tracing. Thread-safe.
 */
final class TracedEventSender implements EventSender {

  private final EventSender sender;
  private final ProducerTracing tracing;

  TracedEventSender(EventSender sender, ProducerTracing tracing) {
    this.sender = sender;
    this.tracing = tracing;
  }

  @Override
  public Consumer<OutgoingEvent> intake(Consumer<OutgoingEvent> next, @Nullable Object caller) {
    return event -> {
      EventData data = event.original().event();
      Object given = EventContexts.parent(data);
      event.trace(tracing.created(data, given == null ? event.origin() : given, caller));
      next.accept(event);
    };
  }

  @Override
  public CompletionStage<List<String>> partitionIds() {
    return sender.partitionIds();
  }

  @Override
  public CompletionStage<EventBatch> openBatch(Destination destination) {
    return sender
        .openBatch(destination)
        .thenApply(
            batch -> new TracedBatch(batch, tracing.batch(destination.partitionId().orElse(null))));
  }

  @Override
  public String target() {
    return sender.target();
  }

  @Override
  public LogKeys keys() {
    return sender.keys();
  }

  @Override
  public void close() {
    sender.close();
  }

  /** Not thread-safe, as all batches. */
  private record TracedBatch(EventBatch batch, BatchTrace trace) implements EventBatch {

    @Override
    public boolean tryAdd(Routed event) {
      boolean added = batch.tryAdd(event);
      if (added) {
        trace.added(event.event());
      }
      return added;
    }

    @Override
    public long limit() {
      return batch.limit();
    }

    @Override
    public long size() {
      return batch.size();
    }

    @Override
    public CompletionStage<?> send() {
      Consumer<@Nullable Throwable> end = trace.sending();
      return batch
          .send()
          .whenComplete(
              (done, failure) ->
                  end.accept(failure == null ? null : StageFailure.causeOf(failure)));
    }
  }
}
