// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.ProducerMessage.Envelope;
import io.github.pekkoeventhubs.ProducerMessage.Results;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.util.ArrayList;
import java.util.List;

/** An envelope whose results have not been emitted. Confined to the stage. */
final class PendingEnvelope<P> {

  /** What an event or an envelope costs in memory on top of the event's size. */
  private static final long OVERHEAD = 128;

  private final Envelope<P> envelope;
  private final List<OutgoingEvent> events;
  private final long bufferedBytes;
  private int unacknowledged;

  PendingEnvelope(Envelope<P> envelope) {
    this.envelope = envelope;
    this.events = new ArrayList<>(envelope.events().size());
    long bytes = OVERHEAD;
    for (Routed routed : envelope.events()) {
      OutgoingEvent event = new OutgoingEvent(this, routed);
      events.add(event);
      bytes += event.size() + OVERHEAD;
    }
    this.bufferedBytes = bytes;
    this.unacknowledged = events.size();
  }

  List<OutgoingEvent> events() {
    return events;
  }

  long bufferedBytes() {
    return bufferedBytes;
  }

  void acknowledgeOne() {
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
