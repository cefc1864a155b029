// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Header fields in their order and in their case.
 *
 * <p>Look-up ignores case, but names are kept as they were written: the service stores metadata
 * under the name the client gave it, and the Java client looks for the lower-case prefix {@code
 * x-ms-meta-} in replies. Not for use by several threads.
 */
final class HttpHeaders {

  /** One header field. */
  record Field(String name, String value) {
    String lowerCaseName() {
      return name.toLowerCase(Locale.ROOT);
    }

    /** Names no secret: the value may be a signature. */
    @Override
    public String toString() {
      return name;
    }
  }

  private final List<Field> fields = new ArrayList<>();

  HttpHeaders add(String name, String value) {
    fields.add(new Field(name, value));
    return this;
  }

  List<Field> fields() {
    return fields;
  }

  boolean contains(String name) {
    return get(name) != null;
  }

  /** The value of a field, or null; several fields of one name are one list, as HTTP says. */
  @Nullable String get(String name) {
    String found = null;
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        found = found == null ? field.value() : found + "," + field.value();
      }
    }
    return found;
  }

  String getOrEmpty(String name) {
    String value = get(name);
    return value == null ? "" : value;
  }

  /** Whether a comma-separated field such as {@code Connection} contains a token. */
  boolean hasToken(String name, String token) {
    for (String part : getOrEmpty(name).split(",")) {
      if (part.trim().equalsIgnoreCase(token)) {
        return true;
      }
    }
    return false;
  }
}
