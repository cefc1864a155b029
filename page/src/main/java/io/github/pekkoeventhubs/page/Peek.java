// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some events of a partition.
 *
 * @param partition what it held when they were read
 * @param events in their order
 */
public record Peek(PartitionEvents partition, List<PeekedEvent> events) {

  /** Copies. */
  public Peek {
    events = List.copyOf(events);
  }

  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("partition", partition.id());
    map.put("first", Overview.number(partition.first()));
    map.put("last", Overview.number(partition.last()));
    map.put("events", events.stream().map(PeekedEvent::toMap).toList());
    return map;
  }
}
