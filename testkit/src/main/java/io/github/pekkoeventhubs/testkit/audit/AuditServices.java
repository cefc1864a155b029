// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import com.azure.messaging.eventhubs.EventData;
import com.azure.storage.blob.BlobServiceClientBuilder;
import io.github.pekkoeventhubs.BlobPartitionStore;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.emulator.blob.BlobFaults;
import io.github.pekkoeventhubs.emulator.blob.BlobSnapshot;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import io.github.pekkoeventhubs.testkit.BlobEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsEmulator;
import io.github.pekkoeventhubs.testkit.EventHubsFaults;
import io.github.pekkoeventhubs.testkit.FaultHandle;
import io.github.pekkoeventhubs.testkit.StoredEvent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The embedded services of one run of a scenario: an event hub and a container. Thread-safe. */
final class AuditServices implements AutoCloseable {

  static final String CONSUMER_GROUP = "audit";

  /** The host name in the connection strings of the embedded service. */
  private static final String NAMESPACE = "localhost";

  private static final int ANSWER_SECONDS = 60;

  private static final int OUTPUT_PARTITIONS = 2;

  /**
   * Tells apart the runs of all audits: a stream that keeps positions by partition must not find
   * those of an earlier run.
   */
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  /** The key of an event within the body of an output. */
  private static final Pattern KEY = Pattern.compile("\\d+/\\d+");

  private final EventHubsEmulator eventHubs;
  private final BlobEmulator blobs;
  private final String eventHub;
  private final String outputs;
  private final String container;
  private final PartitionStore store;

  /** The last event of each partition that was looked at; guarded by this. */
  private final long[] seenOutputs = new long[OUTPUT_PARTITIONS];

  AuditServices(EventHubsEmulator eventHubs, BlobEmulator blobs, int partitions) {
    this.eventHubs = eventHubs;
    this.blobs = blobs;
    this.eventHub = "audit-" + NUMBERS.incrementAndGet();
    this.outputs = eventHub + "-outputs";
    this.container = eventHub;
    eventHubs.addEventHub(eventHub, partitions, CONSUMER_GROUP);
    eventHubs.addEventHub(outputs, OUTPUT_PARTITIONS);
    blobs.createContainer(container);
    Arrays.fill(seenOutputs, -1);
    this.store =
        BlobPartitionStore.create(
            new BlobServiceClientBuilder()
                .connectionString(blobs.connectionString())
                .httpClient(BlobPartitionStore.httpClient())
                .buildAsyncClient()
                .getBlobContainerAsyncClient(container));
  }

  String eventHub() {
    return eventHub;
  }

  /** The keys that an application takes from its environment. */
  Map<String, String> addresses() {
    return Map.of(
        "pekko.eventhubs.consumer.connection-string", eventHubs.connectionString(),
        "pekko.eventhubs.consumer.event-hub-name", eventHub,
        "pekko.eventhubs.consumer.consumer-group", CONSUMER_GROUP,
        "pekko.eventhubs.producer.connection-string", eventHubs.connectionString(),
        "pekko.eventhubs.producer.event-hub-name", outputs,
        "pekko.eventhubs.partition-store.blob.connection-string", blobs.connectionString(),
        "pekko.eventhubs.partition-store.blob.container", container);
  }

  void send(int partition, EventData... events) {
    eventHubs.send(eventHub, Integer.toString(partition), events);
  }

  /** The events that outputs of the stream are of, as far as new ones have arrived. */
  synchronized List<EventKey> outputs() {
    List<EventKey> found = new ArrayList<>();
    for (int partition = 0; partition < OUTPUT_PARTITIONS; partition++) {
      String id = Integer.toString(partition);
      if (eventHubs.partition(outputs, id).lastSequenceNumber() > seenOutputs[partition]) {
        for (StoredEvent event : eventHubs.events(outputs, id)) {
          seenOutputs[partition] = event.sequenceNumber();
          keyOf(event).ifPresent(found::add);
        }
      }
    }
    return found;
  }

  private static Optional<EventKey> keyOf(StoredEvent event) {
    if (event.properties().get(EventKey.PROPERTY) instanceof String key) {
      return Optional.of(EventKey.parse(key));
    }
    Matcher key = KEY.matcher(event.bodyAsString());
    return key.find() ? Optional.of(EventKey.parse(key.group())) : Optional.empty();
  }

  /** Lets the stream send nothing until the handle is cancelled. */
  FaultHandle refuseOutputs() {
    return eventHubs
        .faults(outputs)
        .refuseNextSenders(
            Integer.MAX_VALUE, "com.microsoft:server-busy", "the audit keeps outputs back");
  }

  /** Lets the service refuse the next sends of the stream for good. */
  void rejectOutputs(int count) {
    if (count > 0) {
      eventHubs.faults(outputs).rejectNextSends(count, "amqp:not-allowed");
    }
  }

  EventHubsFaults faults() {
    return eventHubs.faults(eventHub);
  }

  BlobFaults blobFaults() {
    return blobs.faults().inContainer(container);
  }

  /** Whether anybody receives from the event hub. */
  boolean isRead() {
    return eventHubs.receivers().stream()
        .anyMatch(receiver -> receiver.eventHub().equalsIgnoreCase(eventHub));
  }

  /** Whether a partition was ever claimed. */
  boolean isClaimed() {
    return blobs.blobs(container).stream().anyMatch(blob -> blob.name().contains("/ownership/"));
  }

  /** The sequence number of each stored checkpoint by partition. */
  SortedMap<Integer, Long> checkpoints() {
    SortedMap<Integer, Long> stored = new TreeMap<>();
    for (BlobSnapshot blob : blobs.blobs(container)) {
      if (isCheckpoint(blob.name())) {
        sequenceNumber(blob.metadata())
            .ifPresent(number -> stored.put(partitionOf(blob.name()), number));
      }
    }
    return stored;
  }

  /** The writes of checkpoints, each with the last event that it covers. */
  List<Journal.Entry> checkpointWrites() {
    return blobs.writes().stream()
        .filter(write -> write.container().equals(container))
        .filter(write -> isCheckpoint(write.blob()))
        .filter(write -> sequenceNumber(write.metadata()).isPresent())
        .map(AuditServices::entry)
        .toList();
  }

  private static Journal.Entry entry(BlobWrite write) {
    EventKey last =
        new EventKey(partitionOf(write.blob()), sequenceNumber(write.metadata()).orElseThrow());
    return new Journal.Entry(write.time(), Journal.Kind.STORED, 0, last, "", "");
  }

  private static boolean isCheckpoint(String blob) {
    return blob.contains("/checkpoint/");
  }

  private static int partitionOf(String blob) {
    return Integer.parseInt(blob.substring(blob.lastIndexOf('/') + 1));
  }

  private static OptionalLong sequenceNumber(Map<String, String> metadata) {
    return metadata.entrySet().stream()
        .filter(entry -> entry.getKey().equalsIgnoreCase(StoredCheckpoint.SEQUENCE_NUMBER))
        .mapToLong(entry -> Long.parseLong(entry.getValue()))
        .findFirst();
  }

  /**
   * Takes away the claims of dead nodes, as time does: an audit does not wait two minutes.
   *
   * @param ownerNames the beginnings of the names with which they signed
   */
  void expireClaims(Set<String> ownerNames) {
    if (claims(ownerNames) == 0) {
      return;
    }
    try {
      answer(store.listOwnerships(NAMESPACE, eventHub, CONSUMER_GROUP)).stream()
          .filter(claim -> isOf(claim.ownerId(), ownerNames))
          .forEach(claim -> answer(store.replaceOwnership(claim, "", claim.entries())));
    } catch (CompletionException unanswered) {
      // A busy machine has not answered in time. The next call tries again.
      if (!(unanswered.getCause() instanceof PartitionStoreException)) {
        throw unanswered;
      }
    }
  }

  /** The number of partitions that the node with this name owns. */
  int claims(String ownerName) {
    return claims(Set.of(ownerName));
  }

  private int claims(Set<String> ownerNames) {
    return (int)
        blobs.blobs(container).stream()
            .filter(blob -> blob.name().contains("/ownership/"))
            .flatMap(blob -> blob.metadata().entrySet().stream())
            .filter(entry -> entry.getKey().equalsIgnoreCase("ownerid"))
            .filter(entry -> isOf(entry.getValue(), ownerNames))
            .count();
  }

  private static boolean isOf(String ownerId, Set<String> ownerNames) {
    return ownerNames.stream()
        .anyMatch(name -> ownerId.startsWith(name + "#") || ownerId.startsWith(name + "@"));
  }

  private static <T> T answer(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).join();
  }

  @Override
  public void close() {
    blobFaults().clear();
    eventHubs.deleteEventHub(eventHub);
    eventHubs.deleteEventHub(outputs);
    blobs.deleteContainer(container);
  }
}
