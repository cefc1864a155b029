// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.produce.RouteBatches.Batch;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * For sends that come from outside of a stream: each has an answer of its own, and what fails,
 * fails alone.
 */
final class PendingSends<R> implements Unacknowledged<PendingSend, R> {

  private long events;
  private long bufferedBytes;

  @Override
  public void add(PendingSend element, Consumer<OutgoingEvent> taken) {
    for (OutgoingEvent event : element.events()) {
      events++;
      taken.accept(event);
      bufferedBytes += event.footprint();
    }
  }

  @Override
  public void acknowledged(Batch<OutgoingEvent, ?> batch) {
    batch.events().forEach(this::answered);
  }

  @Override
  public boolean failsAlone() {
    return true;
  }

  @Override
  public void failed(OutgoingEvent event, Throwable failure) {
    if (!event.isSettled()) {
      event.fail(failure);
    }
    answered(event);
  }

  private void answered(OutgoingEvent event) {
    events--;
    bufferedBytes -= event.footprint();
    event.acknowledge();
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
