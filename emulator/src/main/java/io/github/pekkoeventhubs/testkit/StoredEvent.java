// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkoeventhubs.emulator.amqp.LogEntry;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.message.Message;

/** An event as the {@link EventHubsEmulator} keeps it. */
public final class StoredEvent {
  private static final Symbol PARTITION_KEY = Symbol.valueOf("x-opt-partition-key");

  private final LogEntry entry;
  private final Message message = Message.Factory.create();

  StoredEvent(LogEntry entry) {
    this.entry = entry;
    message.decode(entry.wire(), 0, entry.wire().length);
  }

  /** Counts from 0 in each partition, without gaps. */
  public long sequenceNumber() {
    return entry.sequenceNumber();
  }

  /** The opaque offset under which consumers see it. */
  public String offset() {
    return entry.offset();
  }

  /** When it was stored, by the emulator's clock, in milliseconds. */
  public Instant enqueuedTime() {
    return Instant.ofEpochMilli(entry.enqueuedTime());
  }

  /** The key it was sent with, if any. */
  public Optional<String> partitionKey() {
    return message.getMessageAnnotations().getValue().get(PARTITION_KEY) instanceof String key
        ? Optional.of(key)
        : Optional.empty();
  }

  /** A copy of the body; empty if it is no binary data. */
  public byte[] body() {
    return message.getBody() instanceof Data data ? bytes(data.getValue()) : new byte[0];
  }

  /** The body as UTF-8 text. */
  public String bodyAsString() {
    return new String(body(), UTF_8);
  }

  /** The application properties, with values of the types AMQP knows. */
  public Map<String, Object> properties() {
    return message.getApplicationProperties() == null
        ? Map.of()
        : new HashMap<>(message.getApplicationProperties().getValue());
  }

  @Override
  public String toString() {
    return "StoredEvent[sequenceNumber=%d, offset=%s, enqueuedTime=%s, body=%s]"
        .formatted(sequenceNumber(), offset(), enqueuedTime(), bodyAsString());
  }

  private static byte[] bytes(Binary binary) {
    byte[] bytes = new byte[binary.getLength()];
    System.arraycopy(binary.getArray(), binary.getArrayOffset(), bytes, 0, bytes.length);
    return bytes;
  }
}
