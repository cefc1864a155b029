// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.qpid.proton.amqp.Binary;
import org.jspecify.annotations.Nullable;

/** Events as users read them. */
final class EventText {

  /**
   * Characters that a screen obeys or that end its line: controls of both sets (C1 begins sequences
   * too), marks that turn the direction of text, and the separators of lines and paragraphs.
   */
  private static final Pattern UNSHOWN = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]");

  /** Stands before bytes that are no text. */
  private static final String BASE64 = "base64:";

  private EventText() {}

  /** The body, if it is UTF-8. */
  static Optional<String> body(EventData event) {
    return text(event.getBody());
  }

  private static Optional<String> text(byte[] bytes) {
    try {
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  /** The properties in the order of their names, with values that can be shown. */
  static Map<String, @Nullable Object> properties(EventData event) {
    Map<String, @Nullable Object> shown = new TreeMap<>();
    event.getProperties().forEach((name, value) -> shown.put(name, shown(value)));
    return shown;
  }

  /** Arrays become lists, and binaries text or Base64: the headers of Kafka are binaries. */
  private static @Nullable Object shown(@Nullable Object value) {
    if (value instanceof Binary binary) {
      byte[] bytes = new byte[binary.getLength()];
      binary.asByteBuffer().get(bytes);
      return text(bytes).orElseGet(() -> BASE64 + base64(bytes));
    }
    if (value instanceof Map<?, ?> map) {
      Map<String, @Nullable Object> entries = new LinkedHashMap<>();
      map.forEach((name, entry) -> entries.put(String.valueOf(shown(name)), shown(entry)));
      return entries;
    }
    if (value instanceof List<?> list) {
      return list.stream().map(EventText::shown).collect(Collectors.toCollection(ArrayList::new));
    }
    if (value != null && value.getClass().isArray()) {
      List<@Nullable Object> elements = new ArrayList<>();
      for (int i = 0; i < Array.getLength(value); i++) {
        elements.add(shown(Array.get(value, i)));
      }
      return elements;
    }
    return value;
  }

  /** One event as the entries of a JSON object. */
  static Map<String, @Nullable Object> object(PartitionEvent event) {
    EventData data = event.getData();
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    object.put("partition", event.getPartitionContext().getPartitionId());
    object.put("sequenceNumber", data.getSequenceNumber());
    object.put("offset", data.getOffsetString());
    object.put("enqueuedTime", data.getEnqueuedTime());
    object.put("partitionKey", data.getPartitionKey());
    object.put("properties", properties(data));
    Optional<String> text = body(data);
    if (text.isPresent()) {
      object.put("body", text.get());
    } else {
      object.put("bodyBase64", base64(data.getBody()));
    }
    return object;
  }

  /** One event as one line: control characters are not written to the screen. */
  static String line(PartitionEvent event) {
    EventData data = event.getData();
    StringBuilder line = new StringBuilder();
    line.append(data.getEnqueuedTime())
        .append("  ")
        .append(event.getPartitionContext().getPartitionId())
        .append('/')
        .append(data.getSequenceNumber());
    if (data.getPartitionKey() != null) {
      line.append("  key=").append(data.getPartitionKey());
    }
    properties(data)
        .forEach((name, value) -> line.append("  ").append(name).append('=').append(value));
    line.append("  ").append(body(data).orElseGet(() -> BASE64 + base64(data.getBody())));
    return UNSHOWN.matcher(line).replaceAll(" ");
  }

  /**
   * Everything of an event that a filter looks at: the body, the key, which is empty where there is
   * none, and each property as {@code name=value} on a line of its own.
   */
  static String searched(PartitionEvent event) {
    EventData data = event.getData();
    StringBuilder text = new StringBuilder(body(data).orElse(""));
    text.append('\n').append(data.getPartitionKey() == null ? "" : data.getPartitionKey());
    properties(data)
        .forEach((name, value) -> text.append('\n').append(name).append('=').append(value));
    return text.toString();
  }
}
