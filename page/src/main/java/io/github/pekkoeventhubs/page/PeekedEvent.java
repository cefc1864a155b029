// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An event to look at.
 *
 * @param body shown as text if it is UTF-8, else in Base64, and only its beginning
 * @param properties shown as text
 */
public record PeekedEvent(
    long sequenceNumber,
    String offset,
    Instant enqueuedTime,
    Optional<String> partitionKey,
    Map<String, ?> properties,
    ByteBuffer body) {

  /** The characters of a text that are shown; of other bodies, three quarters as many bytes. */
  static final int LONGEST = 4096;

  Map<String, @Nullable Object> toMap() {
    Map<String, String> shown = new TreeMap<>();
    properties.forEach((name, value) -> shown.put(cut(name), cut(String.valueOf(value))));
    Optional<String> text = text();
    String content = text.orElseGet(this::base64);
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("sequenceNumber", sequenceNumber);
    map.put("offset", offset);
    map.put("enqueuedTime", enqueuedTime);
    map.put("partitionKey", partitionKey.map(PeekedEvent::cut).orElse(null));
    map.put("properties", shown);
    map.put("bytes", body.remaining());
    map.put("encoding", text.isPresent() ? "text" : "base64");
    map.put("body", cut(content));
    map.put("cut", text.isPresent() ? content.length() > LONGEST : body.remaining() > bytesShown());
    return map;
  }

  private Optional<String> text() {
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(body.duplicate()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static int bytesShown() {
    return LONGEST / 4 * 3;
  }

  private String base64() {
    ByteBuffer beginning = body.slice(body.position(), Math.min(body.remaining(), bytesShown()));
    return StandardCharsets.US_ASCII.decode(Base64.getEncoder().encode(beginning)).toString();
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
  }
}
