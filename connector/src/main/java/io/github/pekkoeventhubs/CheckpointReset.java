// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A reset of a consumer group's checkpoints, planned or performed: the only way in which the
 * connector moves a checkpoint backwards. It comes from {@code EventHubsMetadata.planReset} and is
 * performed by {@code EventHubsMetadata.reset}. Each partition has its own outcome and failure.
 * Immutable.
 *
 * @param partitions the resets by partition id, numbers in their order
 */
public record CheckpointReset(Map<String, PartitionReset> partitions) {

  /** Keeps the order. */
  public CheckpointReset {
    partitions = Collections.unmodifiableMap(new LinkedHashMap<>(partitions));
  }

  /**
   * Whether every partition's checkpoint says what it is to say; so it is for a reset without
   * partitions, which has done nothing.
   */
  public boolean isDone() {
    return partitions.values().stream().allMatch(PartitionReset::isDone);
  }
}
