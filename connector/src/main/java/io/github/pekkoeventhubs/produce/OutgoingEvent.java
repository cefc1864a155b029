// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.EventSize;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerNumber;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One event on its way. Handed from thread to thread with its batch, and used by one at a time. */
final class OutgoingEvent {

  /** The names of the two properties and the number, encoded. */
  private static final int NUMBER = 64;

  private final @Nullable Consumer<@Nullable Throwable> answer;
  private final Routed original;
  private long size;
  private final long footprint;
  private @Nullable Routed current;
  private @Nullable ProducerNumber number;
  private @Nullable Throwable failure;
  private boolean replaced;

  /**
   * @param answer is told when it is acknowledged, with what it failed with if it failed alone
   */
  OutgoingEvent(@Nullable Consumer<@Nullable Throwable> answer, Routed original) {
    this.answer = answer;
    this.original = original;
    this.size = EventSize.estimate(original.event(), original.route());
    this.footprint = OutgoingFootprint.estimate(original.event(), original.route(), size);
    this.current = original;
  }

  /** The service has taken it in, or it has failed alone. For the stage. */
  void acknowledge() {
    if (answer != null) {
      answer.accept(failure);
    }
  }

  /** It is not sent, and those around it are. */
  void fail(Throwable cause) {
    failure = cause;
    current = null;
    replaced = true;
  }

  /** It is sent with this number, as whatever replaces it is, unless it has one already. */
  void number(ProducerNumber given) {
    if (ProducerNumber.of(original.event()).isEmpty()) {
      number = given;
      current = numbered(original.event());
      size += given.producerId().length() + NUMBER;
    }
  }

  private Routed numbered(EventData event) {
    return number == null
        ? new Routed(event, original.route())
        : new Routed(number.writeInto(SendableEvent.copy(event)), original.route());
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

  /** The event to send: the original, its replacement, or nothing. */
  Optional<Routed> current() {
    return Optional.ofNullable(current);
  }

  /** A handler has dealt with the original. */
  void replace(Optional<EventData> replacement) {
    current = replacement.map(this::numbered).orElse(null);
    replaced = true;
  }

  boolean isReplaced() {
    return replaced;
  }
}
