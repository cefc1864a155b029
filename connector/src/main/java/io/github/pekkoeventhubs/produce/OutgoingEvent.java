// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One event on its way. Handed from thread to thread with its batch, and used by one at a time. */
final class OutgoingEvent {

  private final @Nullable PendingEnvelope<?> envelope;
  private final Routed original;
  private final long size;
  private final long footprint;
  private @Nullable Routed current;
  private boolean replaced;

  /**
   * @param envelope what waits for its acknowledgement, if anything does
   */
  OutgoingEvent(@Nullable PendingEnvelope<?> envelope, Routed original) {
    this.envelope = envelope;
    this.original = original;
    this.size = EventSize.estimate(original.event(), original.route());
    this.footprint = EventFootprint.estimate(original.event(), original.route(), size);
    this.current = original;
  }

  /** The service has taken it in. For the stage. */
  void acknowledge() {
    if (envelope != null) {
      envelope.acknowledgeOne();
    }
  }

  /** As it came into the stream. */
  Routed original() {
    return original;
  }

  /** The estimated size in bytes, as encoded. */
  long size() {
    return size;
  }

  /** The estimated bytes of memory. */
  long footprint() {
    return footprint;
  }

  /** What is sent: the original, its replacement, or nothing. */
  Optional<Routed> current() {
    return Optional.ofNullable(current);
  }

  /** A handler has dealt with the original. */
  void replace(Optional<EventData> replacement) {
    current = replacement.map(event -> new Routed(event, original.route())).orElse(null);
    replaced = true;
  }

  boolean isReplaced() {
    return replaced;
  }
}
