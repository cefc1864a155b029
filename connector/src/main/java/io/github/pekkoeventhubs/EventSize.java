// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.amqp.models.AmqpAnnotatedMessage;
import com.azure.core.amqp.models.AmqpMessageHeader;
import com.azure.core.amqp.models.AmqpMessageProperties;
import com.azure.messaging.eventhubs.EventData;
import io.github.pekkoeventhubs.ProducerMessage.Route;
import java.util.Map;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes an event takes in a batch: an estimate from slightly above that needs no encoding,
 * so that batches are planned nearly full and rarely turn out too large. The fit is decided by the
 * SDK when the batch is made. An event that waits for a stream counts with a part of it: its
 * content.
 *
 * <p>For any thread; nothing here fails.
 */
@InternalApi
public final class EventSize {

  /** The bytes that a batch adds to each event, and the descriptor of the body. */
  private static final int FRAME = 19;

  /** A section with a map or a list: descriptor, type code, size and count. */
  private static final int COMPOUND = 12;

  /** The type codes of the properties that are not set, and their numbers and times. */
  private static final int PROPERTIES = COMPOUND + 32;

  /** A header with all of its fields. */
  private static final int HEADER = COMPOUND + 14;

  /** A number with its type code. */
  private static final int NUMBER = 9;

  /** The name {@code x-opt-partition-key} with its type code and length. */
  private static final int PARTITION_KEY_NAME = 21;

  private static final int SHORT = 255;

  private EventSize() {}

  /**
   * The body and the application properties, which alone count while an event waits. Takes constant
   * time for an event without properties.
   */
  public static int ofContent(EventData event) {
    return (int) Math.min(Integer.MAX_VALUE, event.getBody().length + map(event.getProperties()));
  }

  /** The whole event as one of a batch. */
  public static long estimate(EventData event, Route route) {
    long size = FRAME + binary(event.getBody());
    size += properties(event.getRawAmqpMessage().getProperties());
    size += map(event.getProperties());
    AmqpAnnotatedMessage message = event.getRawAmqpMessage();
    size += annotations(event, route);
    size += map(message.getDeliveryAnnotations()) + map(message.getFooter());
    size += header(message.getHeader());
    return size;
  }

  /** The same for the first event of a batch, of which the batch has the annotations as well. */
  public static long estimateAlone(EventData event, Route route) {
    return estimate(event, route) + annotations(event, route);
  }

  private static long annotations(EventData event, Route route) {
    long size = map(event.getRawAmqpMessage().getMessageAnnotations());
    if (route instanceof Route.PartitionKey key) {
      size += COMPOUND + PARTITION_KEY_NAME + text(key.key());
    }
    return size;
  }

  private static long map(Map<String, Object> values) {
    if (values.isEmpty()) {
      return 0;
    }
    long size = COMPOUND;
    for (Map.Entry<String, Object> entry : values.entrySet()) {
      size += text(entry.getKey()) + value(entry.getValue());
    }
    return size;
  }

  private static long header(AmqpMessageHeader header) {
    return header.getTimeToLive() == null
            && header.isDurable() == null
            && header.getPriority() == null
            && header.getDeliveryCount() == null
            && header.isFirstAcquirer() == null
        ? 0
        : HEADER;
  }

  private static long properties(AmqpMessageProperties properties) {
    // The user id that is not set is empty.
    byte[] userId = properties.getUserId();
    long size =
        text(properties.getMessageId())
            + text(properties.getCorrelationId())
            + (userId.length == 0 ? 0 : binary(userId))
            + text(properties.getTo())
            + text(properties.getSubject())
            + text(properties.getReplyTo())
            + text(properties.getContentType())
            + text(properties.getContentEncoding())
            + text(properties.getGroupId())
            + text(properties.getReplyToGroupId());
    boolean times =
        properties.getAbsoluteExpiryTime() != null
            || properties.getCreationTime() != null
            || properties.getGroupSequence() != null;
    return size == 0 && !times ? 0 : PROPERTIES + size;
  }

  private static long value(@Nullable Object value) {
    if (value instanceof byte[] bytes) {
      return binary(bytes);
    }
    return value instanceof Number || value instanceof Boolean ? NUMBER : text(value);
  }

  private static long binary(byte @Nullable [] bytes) {
    return bytes == null ? 0 : withHeader(bytes.length);
  }

  /** Also of identifiers, addresses and times, whose encodings are no longer than their texts. */
  private static long text(@Nullable Object value) {
    if (value == null) {
      return 0;
    }
    String text = value.toString();
    long length = text.length();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // UTF-8: two bytes from 0x80, three from 0x800, and four for the two of a surrogate pair.
      if (c >= 0x80) {
        length += c < 0x800 || Character.isSurrogate(c) ? 1 : 2;
      }
    }
    return withHeader(length);
  }

  /** With type code and length. */
  private static long withHeader(long length) {
    return length + (length <= SHORT ? 2 : 5);
  }
}
