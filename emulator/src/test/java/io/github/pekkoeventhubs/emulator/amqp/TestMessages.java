// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.HashMap;
import java.util.Map;
import org.apache.qpid.proton.amqp.Binary;
import org.apache.qpid.proton.amqp.Symbol;
import org.apache.qpid.proton.amqp.messaging.Data;
import org.apache.qpid.proton.amqp.messaging.MessageAnnotations;
import org.apache.qpid.proton.message.Message;

/** Messages as the engine encodes and decodes them. */
final class TestMessages {
  private TestMessages() {}

  static Message message(String body) {
    Message message = Message.Factory.create();
    message.setBody(new Data(new Binary(body.getBytes(UTF_8))));
    return message;
  }

  static Message annotated(String body, Map<String, Object> annotations) {
    Message message = message(body);
    Map<Symbol, Object> symbols = new HashMap<>();
    annotations.forEach((name, value) -> symbols.put(Symbol.valueOf(name), value));
    message.setMessageAnnotations(new MessageAnnotations(symbols));
    return message;
  }

  static byte[] encoded(String body) {
    return EncodedMessage.of(message(body));
  }

  static Message decode(byte[] wire) {
    Message message = Message.Factory.create();
    message.decode(wire, 0, wire.length);
    return message;
  }

  static String body(Message message) {
    Binary binary = ((Data) message.getBody()).getValue();
    return new String(binary.getArray(), binary.getArrayOffset(), binary.getLength(), UTF_8);
  }

  static Map<Symbol, Object> annotations(Message message) {
    return message.getMessageAnnotations().getValue();
  }

  /** A batch: the sections of the envelope up to its body, then one data section per message. */
  static byte[] batch(byte[] envelopeSections, byte[]... messages) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(envelopeSections);
    for (byte[] message : messages) {
      Message section = Message.Factory.create();
      section.setBody(new Data(new Binary(message)));
      out.writeBytes(EncodedMessage.of(section));
    }
    return out.toByteArray();
  }
}
