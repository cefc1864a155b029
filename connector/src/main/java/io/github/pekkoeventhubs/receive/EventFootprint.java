// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.EventData;
import java.util.Map;

/** What an event takes while it waits: its body and what the sender has written next to it. */
final class EventFootprint {

  /** Of a property that is neither text nor bytes. */
  private static final int SMALL_VALUE = 8;

  private EventFootprint() {}

  /** In bytes; cheap where there are no properties. */
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
    return value instanceof byte[] binary ? binary.length : SMALL_VALUE;
  }
}
