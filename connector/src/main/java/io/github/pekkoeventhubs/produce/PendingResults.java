// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.produce.RouteBatches.Batch;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Gives out the results of each envelope, in the order of the envelopes. */
final class PendingResults<P> implements Unacknowledged<Envelope<P>, Results<P>> {

  private final ArrayDeque<PendingEnvelope<P>> pending = new ArrayDeque<>();
  private long bufferedBytes;

  @Override
  public void add(Envelope<P> element, Consumer<OutgoingEvent> events) {
    PendingEnvelope<P> envelope = new PendingEnvelope<>(element);
    pending.add(envelope);
    for (OutgoingEvent event : envelope.events()) {
      events.accept(event);
    }
    bufferedBytes += envelope.bufferedBytes();
  }

  @Override
  public void acknowledged(Batch<OutgoingEvent, ?> batch) {
    for (OutgoingEvent event : batch.events()) {
      event.acknowledge();
    }
  }

  @Override
  public boolean hasResult() {
    PendingEnvelope<P> first = pending.peek();
    return first != null && first.isAcknowledged();
  }

  @Override
  public @Nullable Results<P> nextResult() {
    if (!hasResult()) {
      return null;
    }
    PendingEnvelope<P> first = pending.remove();
    bufferedBytes -= first.bufferedBytes();
    return first.results();
  }

  @Override
  public boolean isEmpty() {
    return pending.isEmpty();
  }

  @Override
  public long bufferedBytes() {
    return bufferedBytes;
  }
}
