// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.standalone;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.pekkoeventhubs.emulator.Json;
import io.github.pekkoeventhubs.emulator.blob.BlobSnapshot;
import io.github.pekkoeventhubs.emulator.blob.WebPage;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.ConnectedClient;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.PartitionState;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The page that shows the emulators in a browser, and the JSON document that the page asks for. */
final class StatusPage {

  /**
   * Names of blobs of the official checkpoint stores: {@code namespace/event
   * hub/group/kind/partition}.
   */
  private static final Pattern RECORD =
      Pattern.compile("[^/]+/([^/]+)/([^/]+)/(ownership|checkpoint)/([^/]+)");

  /** The owner, the checkpoint and the number of receivers of a partition in one consumer group. */
  private static final class Reading {
    private String owner = "";
    private @Nullable Long checkpoint;
    private long receivers;

    Map<String, @Nullable Object> toMap() {
      Map<String, @Nullable Object> map = new LinkedHashMap<>();
      map.put("owner", owner);
      map.put("checkpoint", checkpoint);
      map.put("receivers", receivers);
      return map;
    }
  }

  private final EventHubsEmulator eventHubs;
  private final BlobEmulator blobs;

  private StatusPage(EventHubsEmulator eventHubs, BlobEmulator blobs) {
    this.eventHubs = eventHubs;
    this.blobs = blobs;
  }

  /** Shows both at {@code /} of the Blob service's port. */
  static void publish(EventHubsEmulator eventHubs, BlobEmulator blobs) {
    StatusPage page = new StatusPage(eventHubs, blobs);
    String html = page.html();
    blobs.publish("/", new WebPage("text/html; charset=utf-8", () -> html));
    blobs.publish(
        "/status.json", new WebPage("application/json; charset=utf-8", () -> page.json()));
  }

  private String html() {
    try (InputStream page = StatusPage.class.getResourceAsStream("status.html")) {
      return new String(Objects.requireNonNull(page, "status.html").readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String json() {
    Map<String, @Nullable Object> status = new LinkedHashMap<>();
    status.put("time", Instant.now().toString());
    status.put("amqpPort", eventHubs.port());
    status.put("blobPort", blobs.port());
    status.put("eventHubs", eventHubs.eventHubs().stream().map(this::eventHub).toList());
    status.put("connections", eventHubs.connections().stream().map(this::connection).toList());
    return Json.of(status);
  }

  private Map<String, @Nullable Object> eventHub(String name) {
    Map<String, @Nullable Object> hub = new LinkedHashMap<>();
    hub.put("name", name);
    List<Map<String, @Nullable Object>> partitions = new ArrayList<>();
    for (String id : eventHubs.partitionIds(name)) {
      PartitionState state = eventHubs.partition(name, id);
      Map<String, @Nullable Object> partition = new LinkedHashMap<>();
      partition.put("id", id);
      partition.put("first", state.firstSequenceNumber());
      partition.put("last", state.lastSequenceNumber());
      partition.put("events", state.eventCount());
      partitions.add(partition);
    }
    hub.put("partitions", partitions);
    hub.put("groups", groups(name));
    return hub;
  }

  private List<Map<String, @Nullable Object>> groups(String eventHub) {
    Map<String, Map<String, Reading>> readings = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    eventHubs.consumerGroups(eventHub).forEach(group -> readings.put(group, new TreeMap<>()));
    for (String container : blobs.containers()) {
      blobs.blobs(container).forEach(blob -> read(eventHub, blob, readings));
    }
    eventHubs.receivers().stream()
        .filter(receiver -> receiver.eventHub().equalsIgnoreCase(eventHub))
        .forEach(
            receiver ->
                reading(readings, receiver.consumerGroup(), receiver.partitionId()).receivers++);
    List<Map<String, @Nullable Object>> groups = new ArrayList<>();
    readings.forEach(
        (name, partitions) -> {
          Map<String, @Nullable Object> maps = new LinkedHashMap<>();
          partitions.forEach((id, reading) -> maps.put(id, reading.toMap()));
          Map<String, @Nullable Object> group = new LinkedHashMap<>();
          group.put("name", name);
          group.put("partitions", maps);
          groups.add(group);
        });
    return groups;
  }

  private static void read(
      String eventHub, BlobSnapshot blob, Map<String, Map<String, Reading>> readings) {
    Matcher name = RECORD.matcher(blob.name());
    if (!name.matches() || !name.group(1).equalsIgnoreCase(eventHub)) {
      return;
    }
    Reading reading = reading(readings, name.group(2), name.group(4));
    Map<String, String> metadata = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    metadata.putAll(blob.metadata());
    if (name.group(3).equals("ownership")) {
      reading.owner = metadata.getOrDefault("ownerid", "");
    } else if (metadata.getOrDefault("sequencenumber", "").matches("-?[0-9]{1,18}")) {
      reading.checkpoint = Long.valueOf(metadata.get("sequencenumber"));
    }
  }

  private static Reading reading(
      Map<String, Map<String, Reading>> readings, String group, String partitionId) {
    return readings
        .computeIfAbsent(group, absent -> new TreeMap<>())
        .computeIfAbsent(partitionId, absent -> new Reading());
  }

  private Map<String, @Nullable Object> connection(ConnectedClient client) {
    Map<String, @Nullable Object> connection = new LinkedHashMap<>();
    connection.put("client", client.containerId());
    connection.put("port", client.port());
    connection.put("product", client.product());
    connection.put("since", client.since().toString());
    connection.put("eventHubs", List.copyOf(client.eventHubs()));
    connection.put("receivers", client.receivers());
    connection.put("senders", client.senders());
    return connection;
  }
}
