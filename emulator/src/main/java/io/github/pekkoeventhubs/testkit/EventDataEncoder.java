// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.core.amqp.models.AmqpAnnotatedMessage;
import com.azure.core.amqp.models.AmqpMessageProperties;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.emulator.amqp.EncodedMessage;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.message.Message;

/** Encodes an event as the message that a producer would have sent. */
@SuppressWarnings("JavaUtilDate") // The AMQP engine encodes this type as a timestamp.
final class EventDataEncoder {
  private EventDataEncoder() {}

  static byte[] encode(EventData event) {
    Message message = Message.Factory.create();
    copyProperties(event.getRawAmqpMessage(), message);
    if (!event.getProperties().isEmpty()) {
      message.setApplicationProperties(applicationProperties(event.getProperties()));
    }
    message.setBody(new Data(new Binary(event.getBody())));
    return EncodedMessage.of(message);
  }

  private static void copyProperties(AmqpAnnotatedMessage source, Message target) {
    AmqpMessageProperties properties = source.getProperties();
    if (properties.getMessageId() != null) {
      target.setMessageId(properties.getMessageId().toString());
    }
    if (properties.getCorrelationId() != null) {
      target.setCorrelationId(properties.getCorrelationId().toString());
    }
    if (properties.getContentType() != null) {
      target.setContentType(properties.getContentType());
    }
    if (properties.getContentEncoding() != null) {
      target.setContentEncoding(properties.getContentEncoding());
    }
    if (properties.getSubject() != null) {
      target.setSubject(properties.getSubject());
    }
    if (properties.getTo() != null) {
      target.setAddress(properties.getTo().toString());
    }
    if (properties.getReplyTo() != null) {
      target.setReplyTo(properties.getReplyTo().toString());
    }
    if (properties.getGroupId() != null) {
      target.setGroupId(properties.getGroupId());
    }
  }

  private static ApplicationProperties applicationProperties(Map<String, Object> properties) {
    Map<String, Object> encodable = new LinkedHashMap<>();
    properties.forEach((name, value) -> encodable.put(name, encodable(value)));
    return new ApplicationProperties(encodable);
  }

  /** The engine knows one type for points in time only. */
  private static Object encodable(Object value) {
    if (value instanceof Instant instant) {
      return Date.from(instant);
    }
    if (value instanceof OffsetDateTime time) {
      return Date.from(time.toInstant());
    }
    if (value instanceof byte[] bytes) {
      return new Binary(bytes);
    }
    return value;
  }
}
