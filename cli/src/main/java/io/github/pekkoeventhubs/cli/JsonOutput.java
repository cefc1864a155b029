// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Objects of maps, lists and plain values as one line of JSON. */
final class JsonOutput {

  private static final JsonFactory FACTORY = new JsonFactory();

  private JsonOutput() {}

  /** One line without its end. The entries are in the map's order. */
  static String line(Map<String, ?> object) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      write(generator, object);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator generator, @Nullable Object value) throws IOException {
    if (value instanceof Map<?, ?> map) {
      generator.writeStartObject();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        generator.writeFieldName(String.valueOf(entry.getKey()));
        write(generator, entry.getValue());
      }
      generator.writeEndObject();
    } else if (value instanceof List<?> list) {
      generator.writeStartArray();
      for (Object element : list) {
        write(generator, element);
      }
      generator.writeEndArray();
    } else if (value instanceof OptionalLong number) {
      write(generator, number.isPresent() ? number.getAsLong() : null);
    } else if (value instanceof Optional<?> optional) {
      write(generator, optional.orElse(null));
    } else {
      writePlain(generator, value);
    }
  }

  private static void writePlain(JsonGenerator generator, @Nullable Object value)
      throws IOException {
    if (value == null) {
      generator.writeNull();
    } else if (value instanceof Boolean truth) {
      generator.writeBoolean(truth);
    } else if (value instanceof Double || value instanceof Float) {
      generator.writeNumber(((Number) value).doubleValue());
    } else if (value instanceof Number && isWhole(String.valueOf(value))) {
      // The unsigned numbers of AMQP go beyond a long.
      generator.writeNumber(new BigInteger(String.valueOf(value)));
    } else {
      generator.writeString(String.valueOf(value));
    }
  }

  private static boolean isWhole(String number) {
    return number.matches("-?[0-9]+");
  }
}
