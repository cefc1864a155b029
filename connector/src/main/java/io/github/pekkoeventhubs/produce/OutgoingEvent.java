// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.EventSize;
import io.github.pekkoeventhubs.ProducerMessage.Routed;
import io.github.pekkoeventhubs.ProducerNumber;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One event on its way. Handed from thread to thread with its batch, and used by one at a time. */
final class OutgoingEvent {

  /** The names of the two properties, the number and what is added to the id, encoded. */
  private static final int NUMBER = 64;

  private static final int NUMBER_PROPERTIES = 2;

  /** The bytes that are encoded of a property beside its name and its value. */
  private static final int PROPERTY = 10;

  private final @Nullable Consumer<@Nullable Throwable> answer;
  private final Routed original;
  private final @Nullable Object origin;
  private long size;
  private long footprint;
  private @Nullable Routed current;
  private @Nullable Throwable failure;
  private boolean replaced;
  private boolean stored;
  private boolean numberCounted;
  private boolean copyCounted;

  /**
   * @param answer is told when it is acknowledged, with what it failed with if it failed alone
   */
  OutgoingEvent(@Nullable Consumer<@Nullable Throwable> answer, Routed original) {
    this(answer, original, null);
  }

  /**
   * @param answer is told when it is acknowledged, with what it failed with if it failed alone
   * @param origin where its trace may begin
   */
  OutgoingEvent(
      @Nullable Consumer<@Nullable Throwable> answer, Routed original, @Nullable Object origin) {
    this.answer = answer;
    this.original = original;
    this.origin = origin;
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

  /** The service has stored it, whatever becomes of the others of its batch. */
  void stored() {
    stored = true;
  }

  /**
   * Whether it has a result of its own: it is stored, or it was left out, by a handler or since it
   * failed alone.
   */
  boolean isSettled() {
    return stored || current == null;
  }

  /**
   * Counts the number that an event for an ordered route is to get, once and before it is placed:
   * what holds it must not hold more than was counted when it came.
   */
  void expectNumber(String producerId) {
    if (numberCounted
        || !original.route().ordered()
        || SendableEvent.number(original.event()).isPresent()) {
      return;
    }
    numberCounted = true;
    countProperties(NUMBER_PROPERTIES, producerId.length() + NUMBER);
  }

  private void countProperties(int properties, int encoded) {
    size += encoded;
    footprint += encoded + OutgoingFootprint.properties(properties);
    if (!copyCounted) {
      copyCounted = true;
      footprint += OutgoingFootprint.copied(original.event());
    }
  }

  /**
   * It is sent with this number, as whatever replaces it is, unless the application has written one
   * into it.
   */
  void number(ProducerNumber given) {
    if (SendableEvent.number(original.event()).isEmpty()) {
      given.writeInto(copy());
    }
  }

  /** It is sent with these properties, as whatever replaces it is, unless it has them already. */
  void trace(Map<String, String> properties) {
    if (properties.isEmpty()) {
      return;
    }
    Map<String, Object> sent = copy().getProperties();
    int added = 0;
    int encoded = 0;
    for (Map.Entry<String, String> property : properties.entrySet()) {
      if (sent.putIfAbsent(property.getKey(), property.getValue()) == null) {
        added++;
        encoded += property.getKey().length() + property.getValue().length() + PROPERTY;
      }
    }
    countProperties(added, encoded);
  }

  /** Returns the copy that is sent in its place, to be added to. */
  private EventData copy() {
    Routed sent = current;
    if (sent == null || isOriginal(sent)) {
      sent = new Routed(SendableEvent.copy(original.event(), original.route()), original.route());
      current = sent;
    }
    return sent.event();
  }

  /** Two events that are equal are not one: what is added to the application's would change it. */
  @SuppressWarnings("ReferenceEquality")
  private boolean isOriginal(Routed sent) {
    return sent == original;
  }

  /** A replacement, with what was added to the original. */
  private Routed prepared(EventData replacement) {
    Routed sent = current;
    if (sent == null || isOriginal(sent)) {
      return new Routed(replacement, original.route());
    }
    EventData copy = SendableEvent.copy(replacement, original.route());
    Map<String, Object> before = original.event().getProperties();
    sent.event()
        .getProperties()
        .forEach(
            (name, value) -> {
              if (!before.containsKey(name)) {
                copy.getProperties().putIfAbsent(name, value);
              }
            });
    if (SendableEvent.number(original.event()).isEmpty()) {
      ProducerNumber.of(sent.event()).ifPresent(number -> number.writeInto(copy));
    }
    return new Routed(copy, original.route());
  }

  /** As it came into the stream. */
  Routed original() {
    return original;
  }

  /** Where its trace may begin: what its envelope passes through, or what its caller was doing. */
  @Nullable Object origin() {
    return origin;
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
    current = replacement.map(this::prepared).orElse(null);
    replaced = true;
  }

  boolean isReplaced() {
    return replaced;
  }
}
