// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import com.azure.core.amqp.models.AmqpAnnotatedMessage;
import com.azure.core.amqp.models.AmqpMessageProperties;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.util.Map;

/**
 * The event without the traces of earlier routing.
 *
 * <p>A received event carries the service's annotations: its enqueued time cannot be encoded again,
 * and its partition key would decide where the whole batch goes, whatever the route. And the SDK
 * writes the partition key into the event it is given, which the caller may send elsewhere as well.
 */
final class UnroutedEvent {

  /** The prefix of every annotation of the service's. */
  private static final String SERVICE_ANNOTATION = "x-opt-";

  private UnroutedEvent() {}

  /**
   * The event itself where that is harmless, else a copy that shares the body. The copy leaves out
   * the AMQP header, which is about one transfer and not about the event.
   */
  static EventData of(EventData event, Route route) {
    return route instanceof Route.PartitionKey || isOfService(event) ? copy(event) : event;
  }

  private static boolean isOfService(EventData event) {
    Map<String, Object> annotations = event.getRawAmqpMessage().getMessageAnnotations();
    if (annotations.isEmpty()) {
      // The usual case, for which an iterator costs more than the rest.
      return false;
    }
    for (String annotation : annotations.keySet()) {
      if (isOfService(annotation)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOfService(String annotation) {
    return annotation.startsWith(SERVICE_ANNOTATION);
  }

  private static EventData copy(EventData event) {
    EventData copy = new EventData(event.getBody());
    AmqpAnnotatedMessage from = event.getRawAmqpMessage();
    AmqpAnnotatedMessage to = copy.getRawAmqpMessage();
    to.getApplicationProperties().putAll(event.getProperties());
    to.getFooter().putAll(from.getFooter());
    for (Map.Entry<String, Object> annotation : from.getMessageAnnotations().entrySet()) {
      if (!isOfService(annotation.getKey())) {
        to.getMessageAnnotations().put(annotation.getKey(), annotation.getValue());
      }
    }
    copyProperties(from.getProperties(), to.getProperties());
    return copy;
  }

  private static void copyProperties(AmqpMessageProperties from, AmqpMessageProperties to) {
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
        .setGroupSequence(from.getGroupSequence())
        .setReplyToGroupId(from.getReplyToGroupId());
  }
}
