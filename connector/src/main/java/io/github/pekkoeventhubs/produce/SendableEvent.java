// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.core.amqp.models.AmqpAnnotatedMessage;
import com.azure.core.amqp.models.AmqpMessageHeader;
import com.azure.core.amqp.models.AmqpMessageProperties;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import io.github.pekkoeventhubs.ProducerNumber;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.qpid.proton.amqp.Symbol;

/**
 * An event as the SDK is to send it: with the key of its route, and without what the service wrote
 * into it when it was received.
 *
 * <p>A received event carries the service's annotations: its enqueued time cannot be encoded again,
 * and its partition key would decide where the whole batch goes, whatever the route. Its number is
 * that of the producer that sent it: here it would come between other events of that producer, and
 * readers would drop it as one that they have seen. The user's object is never changed, since he
 * may send it elsewhere as well: where something has to be different, a copy is sent, which shares
 * the body.
 */
final class SendableEvent {

  static final String PARTITION_KEY = "x-opt-partition-key";

  private static final String SEQUENCE_NUMBER = "x-opt-sequence-number";

  /** The annotations that the service writes into each event that it stores. */
  private static final Set<String> SERVICE_ANNOTATIONS =
      Set.of(
          PARTITION_KEY, SEQUENCE_NUMBER, "x-opt-offset", "x-opt-enqueued-time", "x-opt-publisher");

  /** Those that the service adds to each event for a reader that asked for them. */
  private static final Set<String> SERVICE_DELIVERY_ANNOTATIONS =
      Set.of(
          "last_enqueued_sequence_number",
          "last_enqueued_offset",
          "last_enqueued_time_utc",
          "runtime_info_retrieval_time_utc");

  /** The number that the sender of a received event gave it. */
  private static final Set<String> NUMBER =
      Set.of(ProducerNumber.ID_PROPERTY, ProducerNumber.NUMBER_PROPERTY);

  /** The AMQP default, which the SDK reports for a received event that has no priority. */
  private static final short DEFAULT_PRIORITY = 4;

  private SendableEvent() {}

  /** The event itself where nothing has to be different, else a copy. */
  static EventData of(EventData event, Route route) {
    boolean received = hasServiceAnnotation(event);
    if (received) {
      EmptyBodies.ofThisProcess().check(event, route);
    }
    AmqpAnnotatedMessage message = event.getRawAmqpMessage();
    boolean hasKey = route instanceof Route.PartitionKey;
    if (!received
        && !hasKey
        && message.getFooter().isEmpty()
        && !AmqpValues.holdsPrimitiveArray(event.getProperties())) {
      return event;
    }
    EventData copy = copy(event, received);
    AmqpAnnotatedMessage copied = copy.getRawAmqpMessage();
    if (route instanceof Route.PartitionKey key) {
      copied.getMessageAnnotations().put(PARTITION_KEY, key.key());
    }
    writeSymbols(message.getFooter(), copied.getFooter());
    return copy;
  }

  /**
   * AMQP wants symbols for the names in a footer. The SDK (azure-core-amqp 2.12.1) writes text, and
   * fails when it reads that.
   */
  @SuppressWarnings({"rawtypes", "unchecked"}) // The SDK encodes whatever the map holds.
  private static void writeSymbols(Map<?, ?> names, Map footer) {
    for (Object name : names.keySet()) {
      if (name instanceof String text) {
        footer.put(Symbol.valueOf(text), footer.remove(text));
      }
    }
  }

  private static boolean hasServiceAnnotation(EventData event) {
    Map<String, Object> annotations = event.getRawAmqpMessage().getMessageAnnotations();
    if (annotations.isEmpty()) {
      // The usual case, for which an iterator costs more than the rest.
      return false;
    }
    for (String annotation : annotations.keySet()) {
      // The keys come from another producer, and an immutable set must not be asked about null.
      if (annotation != null && SERVICE_ANNOTATIONS.contains(annotation)) {
        return true;
      }
    }
    return false;
  }

  /** Whether the event comes from an event hub; the application may write a key into its own. */
  private static boolean isStored(EventData event) {
    return event.getRawAmqpMessage().getMessageAnnotations().containsKey(SEQUENCE_NUMBER);
  }

  /** The number that an event is sent with if it gets none: the application has written it. */
  static Optional<ProducerNumber> number(EventData event) {
    return isStored(event) ? Optional.empty() : ProducerNumber.of(event);
  }

  /** A copy with everything of the user's, for the caller to add to. */
  static EventData copy(EventData event) {
    return copy(event, hasServiceAnnotation(event));
  }

  /** The same for an event that is sent by this route. */
  static EventData copy(EventData event, Route route) {
    boolean received = hasServiceAnnotation(event);
    if (received) {
      EmptyBodies.ofThisProcess().check(event, route);
    }
    return copy(event, received);
  }

  private static EventData copy(EventData event, boolean received) {
    EventData copy = new EventData(event.getBody());
    EventContexts.copy(event, copy);
    AmqpAnnotatedMessage from = event.getRawAmqpMessage();
    AmqpAnnotatedMessage to = copy.getRawAmqpMessage();
    copyValues(
        event.getProperties(),
        to.getApplicationProperties(),
        received,
        isStored(event) ? NUMBER : Set.of());
    copyValues(from.getFooter(), to.getFooter(), received, Set.of());
    copyValues(
        from.getMessageAnnotations(), to.getMessageAnnotations(), received, SERVICE_ANNOTATIONS);
    copyValues(
        from.getDeliveryAnnotations(),
        to.getDeliveryAnnotations(),
        received,
        SERVICE_DELIVERY_ANNOTATIONS);
    copyHeader(from.getHeader(), to.getHeader(), received);
    copyProperties(from.getProperties(), to.getProperties(), received);
    return copy;
  }

  private static void copyValues(
      Map<String, Object> from, Map<String, Object> to, boolean received, Set<String> without) {
    if (from.isEmpty()) {
      return;
    }
    for (Map.Entry<String, Object> entry : from.entrySet()) {
      if (entry.getKey() != null && !without.contains(entry.getKey())) {
        to.put(entry.getKey(), AmqpValues.encodable(entry.getValue(), received));
      }
    }
  }

  /**
   * The header of a received event also says how it was delivered, and has the defaults in place of
   * what its sender did not set.
   */
  private static void copyHeader(AmqpMessageHeader from, AmqpMessageHeader to, boolean received) {
    to.setDurable(from.isDurable());
    if (!received) {
      to.setTimeToLive(from.getTimeToLive())
          .setPriority(from.getPriority())
          .setDeliveryCount(from.getDeliveryCount())
          .setFirstAcquirer(from.isFirstAcquirer());
      return;
    }
    Duration timeToLive = from.getTimeToLive();
    if (timeToLive != null && !timeToLive.isZero()) {
      to.setTimeToLive(timeToLive);
    }
    Short priority = from.getPriority();
    if (priority != null && priority != DEFAULT_PRIORITY) {
      to.setPriority(priority);
    }
  }

  private static void copyProperties(
      AmqpMessageProperties from, AmqpMessageProperties to, boolean received) {
    to.setMessageId(from.getMessageId())
        .setUserId(from.getUserId())
        .setTo(from.getTo())
        .setSubject(from.getSubject())
        .setReplyTo(from.getReplyTo())
        .setCorrelationId(from.getCorrelationId())
        .setContentType(from.getContentType())
        .setContentEncoding(from.getContentEncoding())
        .setAbsoluteExpiryTime(from.getAbsoluteExpiryTime())
        .setCreationTime(from.getCreationTime())
        .setGroupId(from.getGroupId())
        .setReplyToGroupId(from.getReplyToGroupId());
    Long groupSequence = from.getGroupSequence();
    // Zero also stands for none in a received event.
    if (groupSequence != null && !(received && groupSequence == 0 && from.getGroupId() == null)) {
      to.setGroupSequence(groupSequence);
    }
  }
}
