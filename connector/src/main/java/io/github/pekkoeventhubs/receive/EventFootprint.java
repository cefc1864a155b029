// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.EventData;
import java.util.Map;

/** The size of an event while it waits: its body and its application properties. */
final class EventFootprint {

  /** The size that is counted for a property that is neither text nor bytes. */
  private static final int SMALL_VALUE_BYTES = 8;

  private EventFootprint() {}

  /** Returns the size in bytes. Takes constant time for an event without properties. */
  static int of(EventData event) {
    int bytes = event.getBody().length;
    Map<String, Object> properties = event.getProperties();
    if (!properties.isEmpty()) {
      for (Map.Entry<String, Object> property : properties.entrySet()) {
        bytes += property.getKey().length() + size(property.getValue());
      }
    }
    return bytes;
  }

  private static int size(Object value) {
    if (value instanceof String text) {
      return text.length();
    }
    return value instanceof byte[] binary ? binary.length : SMALL_VALUE_BYTES;
  }
}
