// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.standalone;

import io.github.pekkoeventhubs.emulator.blob.BlobSnapshot;
import io.github.pekkoeventhubs.page.ClientConnection;
import io.github.pekkoeventhubs.page.EventHubsPage;
import io.github.pekkoeventhubs.page.GroupPartition;
import io.github.pekkoeventhubs.page.GroupProgress;
import io.github.pekkoeventhubs.page.HubOverview;
import io.github.pekkoeventhubs.page.Overview;
import io.github.pekkoeventhubs.page.PageData;
import io.github.pekkoeventhubs.page.PageProblem;
import io.github.pekkoeventhubs.page.PartitionEvents;
import io.github.pekkoeventhubs.page.Peek;
import io.github.pekkoeventhubs.page.PeekRequest;
import io.github.pekkoeventhubs.page.PeekedEvent;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.ConnectedClient;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.PartitionState;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The emulators as the page shows them. */
final class EmulatorPageData implements PageData {

  /**
   * Names of blobs of the official checkpoint stores: {@code namespace/event
   * hub/group/kind/partition}.
   */
  private static final Pattern RECORD =
      Pattern.compile("[^/]+/([^/]+)/([^/]+)/(ownership|checkpoint)/([^/]+)");

  /** The official processors take a partition whose owner has not renewed its claim for so long. */
  private static final Duration EXPIRY = Duration.ofMinutes(2);

  /** The owner, the checkpoint and the number of receivers of a partition in one consumer group. */
  private static final class Reading {
    private Optional<String> owner = Optional.empty();
    private boolean expired;
    private OptionalLong checkpoint = OptionalLong.empty();
    private long receivers;

    GroupPartition progress() {
      return new GroupPartition(owner, expired, checkpoint, OptionalLong.of(receivers));
    }
  }

  private final EventHubsEmulator eventHubs;
  private final BlobEmulator blobs;

  private EmulatorPageData(EventHubsEmulator eventHubs, BlobEmulator blobs) {
    this.eventHubs = eventHubs;
    this.blobs = blobs;
  }

  /** Shows both at {@code /} of the Blob service's port. */
  static void publish(EventHubsEmulator eventHubs, BlobEmulator blobs) {
    blobs.publish(
        new EventHubsPage("Event Hubs on this machine", new EmulatorPageData(eventHubs, blobs)));
  }

  @Override
  public Overview overview() {
    return new Overview(
        Instant.now(),
        "AMQP on port " + eventHubs.port() + ", blobs on port " + blobs.port(),
        eventHubs.eventHubs().stream().map(this::hub).toList(),
        Optional.of(eventHubs.connections().stream().map(EmulatorPageData::connection).toList()));
  }

  private HubOverview hub(String name) {
    // Events are looked at after the checkpoints, which lie beyond the end otherwise.
    List<GroupProgress> groups = groups(name);
    return new HubOverview(
        name,
        eventHubs.partitionIds(name).stream().map(id -> partition(name, id)).toList(),
        groups);
  }

  private PartitionEvents partition(String eventHub, String id) {
    PartitionState state = eventHubs.partition(eventHub, id);
    return new PartitionEvents(
        id,
        state.eventCount() == 0
            ? OptionalLong.empty()
            : OptionalLong.of(state.firstSequenceNumber()),
        state.lastSequenceNumber() < 0
            ? OptionalLong.empty()
            : OptionalLong.of(state.lastSequenceNumber()));
  }

  private List<GroupProgress> groups(String eventHub) {
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
    List<GroupProgress> groups = new ArrayList<>();
    readings.forEach(
        (name, partitions) -> {
          Map<String, GroupPartition> progress = new HashMap<>();
          partitions.forEach((id, reading) -> progress.put(id, reading.progress()));
          groups.add(new GroupProgress(name, progress));
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
      reading.owner =
          Optional.of(metadata.getOrDefault("ownerid", "")).filter(owner -> !owner.isEmpty());
      reading.expired = blob.lastModified().plus(EXPIRY).isBefore(Instant.now());
    } else if (metadata.getOrDefault("sequencenumber", "").matches("-?[0-9]{1,18}")) {
      reading.checkpoint = OptionalLong.of(Long.parseLong(metadata.get("sequencenumber")));
    }
  }

  private static Reading reading(
      Map<String, Map<String, Reading>> readings, String group, String partitionId) {
    return readings
        .computeIfAbsent(group, absent -> new TreeMap<>())
        .computeIfAbsent(partitionId, absent -> new Reading());
  }

  private static ClientConnection connection(ConnectedClient client) {
    return new ClientConnection(
        client.containerId(),
        client.port(),
        client.product(),
        List.copyOf(client.eventHubs()),
        client.receivers(),
        client.senders(),
        client.since());
  }

  @Override
  public Peek events(PeekRequest request) {
    String eventHub = request.eventHub();
    String id = request.partition();
    if (!eventHubs.eventHubs().contains(eventHub)
        || !eventHubs.partitionIds(eventHub).contains(id)) {
      throw PageProblem.unknown("there is no such partition");
    }
    PartitionEvents partition = partition(eventHub, id);
    if (partition.count() == 0) {
      return new Peek(partition, List.of());
    }
    long begin = request.begin(partition.first().getAsLong(), partition.last().getAsLong());
    return new Peek(
        partition,
        eventHubs.events(eventHub, id).stream()
            .filter(event -> event.sequenceNumber() >= begin)
            .limit(request.count())
            .map(EmulatorPageData::event)
            .toList());
  }

  private static PeekedEvent event(StoredEvent event) {
    return new PeekedEvent(
        event.sequenceNumber(),
        event.offset(),
        event.enqueuedTime(),
        event.partitionKey(),
        event.properties(),
        ByteBuffer.wrap(event.body()));
  }
}
