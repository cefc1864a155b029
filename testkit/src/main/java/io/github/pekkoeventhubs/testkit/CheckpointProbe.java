// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.emulator.blob.BlobSnapshot;
import io.github.pekkoeventhubs.emulator.blob.BlobWrite;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The checkpoints of a {@link TestEventHub} as they are in the blobs, whichever client has written
 * them, and the log of writes of the embedded Blob service.
 */
public final class CheckpointProbe {

  private final ProbedEventHub eventHub;

  CheckpointProbe(ProbedEventHub eventHub) {
    this.eventHub = eventHub;
  }

  /** The sequence numbers that are stored, by partition; asks the store. */
  public Map<String, Long> all() {
    Map<String, Long> checkpoints = new TreeMap<>();
    for (String partitionId : eventHub.partitionIds()) {
      OptionalLong checkpoint = checkpoint(partitionId);
      checkpoint.ifPresent(number -> checkpoints.put(partitionId, number));
    }
    return checkpoints;
  }

  /** The sequence number that is stored for a partition; asks the store. */
  OptionalLong checkpoint(String partitionId) {
    OptionalLong stored =
        Waiting.forAnswer(eventHub.partitionStore().readCheckpoint(eventHub.partition(partitionId)))
            .map(StoredCheckpoint::sequenceNumber)
            .orElse(OptionalLong.empty());
    long first = eventHub.firstNumber(partitionId);
    return stored.isPresent() && stored.getAsLong() >= first
        ? OptionalLong.of(stored.getAsLong() - first)
        : OptionalLong.empty();
  }

  /**
   * The metadata of a partition's checkpoint blob; empty if there is none. Skips the test unless
   * the service is an embedded one.
   */
  public SortedMap<String, String> metadata(String partitionId) {
    return eventHub
        .blobs()
        .blob(eventHub.container(), blob(partitionId))
        .map(BlobSnapshot::metadata)
        .orElse(new TreeMap<>());
  }

  /**
   * The sequence numbers that were written for a partition, in their order; repeated ones are
   * writes that did not move the checkpoint. Skips the test unless the service is an embedded one.
   */
  public List<Long> history(String partitionId) {
    String blob = blob(partitionId);
    return eventHub.blobs().writes().stream()
        .filter(write -> write.container().equals(eventHub.container()))
        .filter(write -> write.blob().equals(blob))
        .map(BlobWrite::metadata)
        .flatMap(metadata -> Optional.ofNullable(sequenceNumber(metadata)).stream())
        .toList();
  }

  /** Whether a checkpoint was ever followed by a lower one. */
  public boolean wentBack(String partitionId) {
    List<Long> history = history(partitionId);
    for (int i = 1; i < history.size(); i++) {
      if (history.get(i) < history.get(i - 1)) {
        return true;
      }
    }
    return false;
  }

  private static @org.jspecify.annotations.Nullable Long sequenceNumber(
      Map<String, String> metadata) {
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      if (entry.getKey().equalsIgnoreCase(StoredCheckpoint.SEQUENCE_NUMBER)) {
        return Long.valueOf(entry.getValue());
      }
    }
    return null;
  }

  private String blob(String partitionId) {
    EventHubPartition partition = eventHub.partition(partitionId);
    return "%s/%s/%s/checkpoint/%s"
        .formatted(
            partition.namespace(), partition.eventHub(), partition.consumerGroup(), partitionId)
        .toLowerCase(Locale.ROOT);
  }
}
