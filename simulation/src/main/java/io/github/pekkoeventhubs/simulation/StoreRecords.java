// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** The records of the store, which compares and sets. Each write is shown to the oracle. */
final class StoreRecords {

  private final World world;
  private final Oracle oracle;
  private final Map<String, StoredOwnership> ownerships = new TreeMap<>();
  private final Map<String, StoredCheckpoint> checkpoints = new TreeMap<>();
  private Consumer<String> afterFence = partition -> {};
  private long versions;
  private long requests;

  StoreRecords(World world, Oracle oracle) {
    this.world = world;
    this.oracle = oracle;
  }

  /** Told of each partition that begins a new epoch. */
  void tellOfFences(Consumer<String> listener) {
    afterFence = listener;
  }

  void requested(String what) {
    requests++;
  }

  long requests() {
    return requests;
  }

  List<StoredOwnership> ownerships() {
    Instant now = seconds();
    ownerships.replaceAll((id, record) -> record.readAt().equals(now) ? record : copy(record));
    return new ArrayList<>(ownerships.values());
  }

  Map<String, StoredCheckpoint> checkpoints() {
    return new TreeMap<>(checkpoints);
  }

  Optional<StoredOwnership> ownership(EventHubPartition partition) {
    return Optional.ofNullable(ownerships.get(partition.partitionId())).map(this::readNow);
  }

  Optional<StoredCheckpoint> checkpoint(EventHubPartition partition) {
    return Optional.ofNullable(checkpoints.get(partition.partitionId()));
  }

  Optional<StoredOwnership> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    return ownerships.containsKey(partition.partitionId())
        ? Optional.empty()
        : Optional.of(written(partition, ownerId, entries));
  }

  Optional<StoredOwnership> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    StoredOwnership stored = ownerships.get(expected.partition().partitionId());
    return stored == null || !stored.version().equals(expected.version())
        ? Optional.empty()
        : Optional.of(written(expected.partition(), ownerId, entries));
  }

  Optional<StoredCheckpoint> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    return checkpoints.containsKey(partition.partitionId())
        ? Optional.empty()
        : Optional.of(written(partition, entries));
  }

  Optional<StoredCheckpoint> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion) {
    StoredCheckpoint stored = checkpoints.get(partition.partitionId());
    return stored == null || !stored.version().equals(expectedVersion)
        ? Optional.empty()
        : Optional.of(written(partition, entries));
  }

  private StoredOwnership readNow(StoredOwnership record) {
    return record.readAt().equals(seconds()) ? record : readAgain(record);
  }

  private StoredOwnership readAgain(StoredOwnership record) {
    StoredOwnership read = copy(record);
    ownerships.put(record.partition().partitionId(), read);
    return read;
  }

  private StoredOwnership copy(StoredOwnership record) {
    return new StoredOwnership(
        record.partition(),
        record.ownerId(),
        record.entries(),
        record.version(),
        record.lastModified(),
        seconds());
  }

  /** The service tells its time in whole seconds. */
  private Instant seconds() {
    return Instant.ofEpochSecond(world.instant().getEpochSecond());
  }

  private StoredOwnership written(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    String id = partition.partitionId();
    StoredOwnership before = ownerships.get(id);
    StoredOwnership record =
        new StoredOwnership(partition, ownerId, entries, "v" + ++versions, seconds(), seconds());
    ownerships.put(id, record);
    oracle.ownershipWritten(id, Optional.ofNullable(before), record);
    return record;
  }

  private StoredCheckpoint written(EventHubPartition partition, Map<String, String> entries) {
    String id = partition.partitionId();
    StoredCheckpoint before = checkpoints.get(id);
    StoredCheckpoint record = new StoredCheckpoint(entries, "v" + ++versions);
    checkpoints.put(id, record);
    oracle.checkpointWritten(id, Optional.ofNullable(before), record, ownerships.get(id));
    if (before == null || !before.fencingToken().equals(record.fencingToken())) {
      afterFence.accept(id);
    }
    return record;
  }
}
