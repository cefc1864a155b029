// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.util.Map;

/**
 * How far a consumer group is.
 *
 * @param partitions by partition id; without those of which nothing is known
 */
public record GroupProgress(String name, Map<String, PartitionProgress> partitions) {

  /** Copies. */
  public GroupProgress {
    partitions = Map.copyOf(partitions);
  }
}
