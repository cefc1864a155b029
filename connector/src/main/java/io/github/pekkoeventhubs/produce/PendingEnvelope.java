// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An envelope whose results have not been emitted. Confined to the stage. */
final class PendingEnvelope<P> {

  private final Envelope<P> envelope;
  private final List<OutgoingEvent> events;
  private int unacknowledged;

  PendingEnvelope(Envelope<P> envelope) {
    this.envelope = envelope;
    this.events = outgoing(envelope.events());
    this.unacknowledged = events.size();
  }

  private List<OutgoingEvent> outgoing(List<Routed> routed) {
    P origin = envelope.passThrough();
    if (routed.size() == 1) {
      // The usual case, for each event of most streams.
      return List.of(new OutgoingEvent(this::acknowledgeOne, routed.get(0), origin));
    }
    List<OutgoingEvent> outgoing = new ArrayList<>(routed.size());
    for (Routed event : routed) {
      outgoing.add(new OutgoingEvent(this::acknowledgeOne, event, origin));
    }
    return outgoing;
  }

  List<OutgoingEvent> events() {
    return events;
  }

  /** Once its events have been passed on, which may make them larger. */
  long bufferedBytes() {
    long bytes = OutgoingFootprint.ENVELOPE;
    for (OutgoingEvent event : events) {
      bytes += event.footprint();
    }
    return bytes;
  }

  private void acknowledgeOne(@Nullable Throwable failedAlone) {
    unacknowledged--;
  }

  boolean isAcknowledged() {
    return unacknowledged == 0;
  }

  Results<P> results() {
    return isAsItCame()
        ? new Results<>(envelope.events(), envelope.passThrough())
        : new Results<>(sent(), envelope.passThrough());
  }

  private boolean isAsItCame() {
    for (OutgoingEvent event : events) {
      if (event.isReplaced()) {
        return false;
      }
    }
    return true;
  }

  private List<Routed> sent() {
    List<Routed> sent = new ArrayList<>(events.size());
    for (OutgoingEvent event : events) {
      event.current().ifPresent(sent::add);
    }
    return sent;
  }
}
