// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A partition store in memory, for tests without blobs. It keeps the whole contract of {@link
 * PartitionStore}: every write has a new version, and a conditional write succeeds only against the
 * version it names; so streams that share one store share their partitions as they would on blobs.
 *
 * <p>Thread-safe. Stages are complete when they are returned; nothing ever fails.
 */
public final class InMemoryPartitionStore implements PartitionStore {

  private final Clock clock;

  // Both guarded by this; the keys' names are in lower case, as in the names of blobs.
  private final Map<EventHubPartition, StoredOwnership> ownerships = new HashMap<>();
  private final Map<EventHubPartition, StoredCheckpoint> checkpoints = new HashMap<>();
  private long lastVersion;

  private InMemoryPartitionStore(Clock clock) {
    this.clock = clock;
  }

  /** An empty store with the system's clock. */
  public static InMemoryPartitionStore create() {
    return new InMemoryPartitionStore(Clock.systemUTC());
  }

  /**
   * An empty store.
   *
   * @param clock what the store calls its time, for the age of ownership records
   */
  public static InMemoryPartitionStore create(Clock clock) {
    return new InMemoryPartitionStore(clock);
  }

  @Override
  public synchronized CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup) {
    return done(
        ownerships.values().stream()
            .filter(stored -> isOf(stored.partition(), namespace, eventHub, consumerGroup))
            .map(
                stored ->
                    read(
                        new EventHubPartition(
                            namespace, eventHub, consumerGroup, stored.partition().partitionId()),
                        stored))
            .toList());
  }

  @Override
  public synchronized CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup) {
    Map<String, StoredCheckpoint> found = new TreeMap<>();
    checkpoints.forEach(
        (partition, stored) -> {
          if (isOf(partition, namespace, eventHub, consumerGroup)) {
            found.put(partition.partitionId(), stored);
          }
        });
    return done(found);
  }

  @Override
  public synchronized CompletionStage<Optional<StoredOwnership>> readOwnership(
      EventHubPartition partition) {
    return done(
        Optional.ofNullable(ownerships.get(key(partition))).map(stored -> read(partition, stored)));
  }

  @Override
  public synchronized CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    return ownerships.containsKey(key(partition))
        ? done(Optional.empty())
        : done(Optional.of(storeOwnership(partition, ownerId, entries)));
  }

  @Override
  public synchronized CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    StoredOwnership stored = ownerships.get(key(expected.partition()));
    return stored == null || !stored.version().equals(expected.version())
        ? done(Optional.empty())
        : done(Optional.of(storeOwnership(expected.partition(), ownerId, entries)));
  }

  @Override
  public synchronized CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(
      EventHubPartition partition) {
    return done(Optional.ofNullable(checkpoints.get(key(partition))));
  }

  @Override
  public synchronized CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    return checkpoints.containsKey(key(partition))
        ? done(Optional.empty())
        : done(Optional.of(storeCheckpoint(partition, entries)));
  }

  @Override
  public synchronized CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion) {
    StoredCheckpoint stored = checkpoints.get(key(partition));
    return stored == null || !stored.version().equals(expectedVersion)
        ? done(Optional.empty())
        : done(Optional.of(storeCheckpoint(partition, entries)));
  }

  @Override
  public CompletionStage<Instant> serverTime() {
    return done(clock.instant());
  }

  @Override
  public String description() {
    return "a store in memory";
  }

  private StoredOwnership storeOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    Instant now = clock.instant();
    StoredOwnership stored =
        new StoredOwnership(partition, ownerId, lowerCase(entries), nextVersion(), now, now);
    ownerships.put(key(partition), stored);
    return stored;
  }

  private StoredCheckpoint storeCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    StoredCheckpoint stored = new StoredCheckpoint(lowerCase(entries), nextVersion());
    checkpoints.put(key(partition), stored);
    return stored;
  }

  private StoredOwnership read(EventHubPartition partition, StoredOwnership stored) {
    return new StoredOwnership(
        partition,
        stored.ownerId(),
        stored.entries(),
        stored.version(),
        stored.lastModified(),
        clock.instant());
  }

  private String nextVersion() {
    return Long.toString(++lastVersion);
  }

  private static boolean isOf(
      EventHubPartition partition, String namespace, String eventHub, String consumerGroup) {
    return partition.namespace().equalsIgnoreCase(namespace)
        && partition.eventHub().equalsIgnoreCase(eventHub)
        && partition.consumerGroup().equalsIgnoreCase(consumerGroup);
  }

  private static EventHubPartition key(EventHubPartition partition) {
    return new EventHubPartition(
        partition.namespace().toLowerCase(Locale.ROOT),
        partition.eventHub().toLowerCase(Locale.ROOT),
        partition.consumerGroup().toLowerCase(Locale.ROOT),
        partition.partitionId());
  }

  private static Map<String, String> lowerCase(Map<String, String> entries) {
    Map<String, String> result = new TreeMap<>();
    entries.forEach((key, value) -> result.put(key.toLowerCase(Locale.ROOT), value));
    return result;
  }

  private static <T> CompletionStage<T> done(T result) {
    return CompletableFuture.completedStage(result);
  }
}
