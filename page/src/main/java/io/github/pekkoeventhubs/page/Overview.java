// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows besides events.
 *
 * @param time of this state
 * @param place where the event hubs are, in words
 * @param connections empty where they cannot be known
 */
public record Overview(
    Instant time,
    String place,
    List<HubOverview> eventHubs,
    Optional<List<ClientConnection>> connections) {

  /** Copies. */
  public Overview {
    eventHubs = List.copyOf(eventHubs);
    connections = connections.map(List::copyOf);
  }

  Map<String, @Nullable Object> toMap() {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("time", time);
    map.put("place", place);
    map.put("eventHubs", eventHubs.stream().map(Overview::hub).toList());
    map.put("connections", connections.map(Overview::connections).orElse(null));
    return map;
  }

  private static Map<String, @Nullable Object> hub(HubOverview hub) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("name", hub.name());
    map.put("partitions", hub.partitions().stream().map(Overview::partition).toList());
    map.put("groups", hub.groups().stream().map(group -> group(hub, group)).toList());
    return map;
  }

  private static Map<String, @Nullable Object> partition(PartitionEvents partition) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("id", partition.id());
    map.put("first", number(partition.first()));
    map.put("last", number(partition.last()));
    map.put("events", partition.count());
    return map;
  }

  private static Map<String, @Nullable Object> group(HubOverview hub, GroupProgress group) {
    Map<String, @Nullable Object> partitions = new LinkedHashMap<>();
    for (PartitionEvents partition : hub.partitions()) {
      GroupPartition progress =
          group.partitions().getOrDefault(partition.id(), GroupPartition.NONE);
      partitions.put(partition.id(), progress(partition, progress));
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("name", group.name());
    map.put("used", !group.partitions().isEmpty());
    map.put("partitions", partitions);
    return map;
  }

  private static Map<String, @Nullable Object> progress(
      PartitionEvents partition, GroupPartition progress) {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    map.put("owner", progress.owner().orElse(null));
    map.put("expired", progress.expired());
    map.put("checkpoint", number(progress.checkpoint()));
    // Nobody knows what a group has processed whose checkpoint is of another event hub.
    map.put(
        "lag",
        partition.endsBefore(progress.checkpoint()) ? null : partition.lag(progress.checkpoint()));
    map.put("receivers", number(progress.receivers()));
    return map;
  }

  private static List<Map<String, @Nullable Object>> connections(List<ClientConnection> clients) {
    return clients.stream().map(Overview::connection).toList();
  }

  private static Map<String, @Nullable Object> connection(ClientConnection client) {
    Map<String, @Nullable Object> map = new TreeMap<>();
    map.put("client", client.client());
    map.put("port", client.port());
    map.put("product", client.product());
    map.put("since", client.since());
    map.put("eventHubs", client.eventHubs());
    map.put("receivers", client.receivers());
    map.put("senders", client.senders());
    return map;
  }

  static @Nullable Long number(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }
}
