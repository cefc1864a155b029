// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.produce.RouteBatches.Batch;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * For a sink, which gives nothing out: what is acknowledged is only counted. That takes no object
 * per event, and does not touch those that have gone cold while they were on their way.
 */
final class PendingEvents<T, R> implements Unacknowledged<T, R> {

  private final Function<T, Routed> routing;
  private long events;
  private long bufferedBytes;

  PendingEvents(Function<T, Routed> routing) {
    this.routing = routing;
  }

  @Override
  public void add(T element, Consumer<OutgoingEvent> taken) {
    OutgoingEvent event = new OutgoingEvent(null, routing.apply(element));
    events++;
    taken.accept(event);
    bufferedBytes += event.footprint();
  }

  @Override
  public void acknowledged(Batch<OutgoingEvent, ?> batch) {
    events -= batch.events().size();
    bufferedBytes -= batch.held();
  }

  @Override
  public boolean hasResult() {
    return false;
  }

  @Override
  public @Nullable R nextResult() {
    return null;
  }

  @Override
  public boolean isEmpty() {
    return events == 0;
  }

  @Override
  public long bufferedBytes() {
    return bufferedBytes;
  }
}
