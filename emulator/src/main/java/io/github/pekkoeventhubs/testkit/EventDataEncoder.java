// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.core.amqp.models.AmqpAnnotatedMessage;
import com.azure.core.amqp.models.AmqpMessageHeader;
import com.azure.core.amqp.models.AmqpMessageProperties;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.emulator.amqp.EncodedMessage;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.ApplicationProperties;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.DeliveryAnnotations;
import org.apache.qpid.proton.amqp.messaging.Footer;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.message.Message;
import org.jspecify.annotations.Nullable;

/**
 * Encodes an event as the official Java client does, with every field, and refuses what that client
 * cannot encode.
 */
@SuppressWarnings("JavaUtilDate") // The AMQP engine encodes it as a timestamp.
final class EventDataEncoder {
  private static final int MAX_KEY_LENGTH = 128;

  private EventDataEncoder() {}

  /**
   * Checks a partition key as the official Java client does. The others do not check it.
   *
   * @throws IllegalArgumentException if it is empty or longer than 128 characters
   */
  static void checkKey(String partitionKey) {
    if (partitionKey.isEmpty() || partitionKey.length() > MAX_KEY_LENGTH) {
      throw new IllegalArgumentException(
          "A partition key has 1 to %d characters, and not %d"
              .formatted(MAX_KEY_LENGTH, partitionKey.length()));
    }
  }

  /**
   * The messages of the events, as {@link #encode} makes them.
   *
   * @param maxMessageSize in bytes, of an encoded event
   * @throws IllegalArgumentException if an event is larger, or cannot be encoded
   */
  static List<byte[]> encodeAll(int maxMessageSize, EventData... events) {
    return Arrays.stream(events).map(event -> encodeWithin(maxMessageSize, event)).toList();
  }

  private static byte[] encodeWithin(int maxMessageSize, EventData event) {
    byte[] message = encode(event);
    if (message.length > maxMessageSize) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "An event of %,d bytes, as it is encoded, cannot be sent, by the official Java client"
                  + " neither: the event hub takes %,d bytes",
              message.length,
              maxMessageSize));
    }
    return message;
  }

  /**
   * The message of the event.
   *
   * @throws IllegalArgumentException if the official client cannot encode the event; names the part
   */
  static byte[] encode(EventData event) {
    try {
      return EncodedMessage.of(message(event));
    } catch (IllegalArgumentException | ClassCastException e) {
      throw new IllegalArgumentException(
          "The event '"
              + event.getBodyAsString()
              + "' cannot be sent, by the official Java client neither: "
              + culprit(event.getRawAmqpMessage()).orElseGet(() -> String.valueOf(e.getMessage())),
          e);
    }
  }

  private static Message message(EventData event) {
    AmqpAnnotatedMessage source = event.getRawAmqpMessage();
    Message target = Message.Factory.create();
    target.setBody(new Data(new Binary(event.getBody())));
    copyProperties(source.getProperties(), target);
    copyHeader(source.getHeader(), target);
    if (!source.getApplicationProperties().isEmpty()) {
      target.setApplicationProperties(new ApplicationProperties(source.getApplicationProperties()));
    }
    if (!source.getMessageAnnotations().isEmpty()) {
      target.setMessageAnnotations(new MessageAnnotations(symbols(source.getMessageAnnotations())));
    }
    if (!source.getDeliveryAnnotations().isEmpty()) {
      target.setDeliveryAnnotations(
          new DeliveryAnnotations(symbols(source.getDeliveryAnnotations())));
    }
    if (!source.getFooter().isEmpty()) {
      target.setFooter(new Footer(source.getFooter()));
    }
    return target;
  }

  /** The section appears with the first property that is there. */
  private static void copyProperties(AmqpMessageProperties source, Message target) {
    ifPresent(text(source.getMessageId()), target::setMessageId);
    ifPresent(text(source.getCorrelationId()), target::setCorrelationId);
    ifPresent(source.getContentType(), target::setContentType);
    ifPresent(source.getContentEncoding(), target::setContentEncoding);
    ifPresent(source.getSubject(), target::setSubject);
    ifPresent(text(source.getTo()), target::setAddress);
    ifPresent(text(source.getReplyTo()), target::setReplyTo);
    ifPresent(source.getGroupId(), target::setGroupId);
    ifPresent(source.getReplyToGroupId(), target::setReplyToGroupId);
    ifPresent(source.getGroupSequence(), target::setGroupSequence);
    ifPresent(date(source.getCreationTime()), time -> target.setCreationTime(time.getTime()));
    ifPresent(date(source.getAbsoluteExpiryTime()), time -> target.setExpiryTime(time.getTime()));
    if (source.getUserId().length > 0) {
      target.setUserId(source.getUserId());
    }
  }

  private static <V> void ifPresent(@Nullable V value, Consumer<V> setter) {
    if (value != null) {
      setter.accept(value);
    }
  }

  private static void copyHeader(AmqpMessageHeader source, Message target) {
    ifPresent(source.getTimeToLive(), time -> target.setTtl(time.toMillis()));
    ifPresent(source.getDeliveryCount(), target::setDeliveryCount);
    ifPresent(source.getPriority(), target::setPriority);
    ifPresent(source.isDurable(), target::setDurable);
    ifPresent(source.isFirstAcquirer(), target::setFirstAcquirer);
  }

  private static @Nullable String text(@Nullable Object value) {
    return value == null ? null : value.toString();
  }

  private static @Nullable Date date(@Nullable OffsetDateTime time) {
    return time == null ? null : Date.from(time.toInstant());
  }

  private static Map<Symbol, Object> symbols(Map<String, Object> source) {
    Map<Symbol, Object> symbols = new HashMap<>();
    source.forEach((name, value) -> symbols.put(Symbol.valueOf(name), value));
    return symbols;
  }

  private static Optional<String> culprit(AmqpAnnotatedMessage message) {
    return culprit("property", message.getApplicationProperties())
        .or(() -> culprit("message annotation", message.getMessageAnnotations()))
        .or(() -> culprit("delivery annotation", message.getDeliveryAnnotations()))
        .or(() -> culprit("footer", message.getFooter()));
  }

  private static Optional<String> culprit(String kind, Map<String, Object> values) {
    return values.entrySet().stream()
        .filter(entry -> !isEncodable(entry.getKey(), entry.getValue()))
        .map(
            entry ->
                "its %s '%s' is %s, for which there is no AMQP type"
                    .formatted(kind, entry.getKey(), entry.getValue().getClass().getTypeName()))
        .findFirst();
  }

  private static boolean isEncodable(String name, @Nullable Object value) {
    Message message = Message.Factory.create();
    Map<String, Object> alone = new HashMap<>();
    alone.put(name, value);
    message.setApplicationProperties(new ApplicationProperties(alone));
    try {
      EncodedMessage.of(message);
      return true;
    } catch (IllegalArgumentException | ClassCastException e) {
      return false;
    }
  }
}
