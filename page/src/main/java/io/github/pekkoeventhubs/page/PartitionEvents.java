// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.page;

import java.util.OptionalLong;

/**
 * The events of a partition.
 *
 * @param first the sequence number of the first event that it holds; empty if it holds none
 * @param last the sequence number of the last event; empty if there was none yet
 */
public record PartitionEvents(String id, OptionalLong first, OptionalLong last) {

  /** How many events it holds. */
  public long count() {
    return first.isEmpty() || last.isEmpty() ? 0 : last.getAsLong() - first.getAsLong() + 1;
  }

  /**
   * The events after a checkpoint that the partition still holds; without a checkpoint, all that it
   * holds. None after a checkpoint beyond the end, which says nothing about this partition.
   */
  public long lag(OptionalLong checkpoint) {
    if (first.isEmpty() || last.isEmpty()) {
      return 0;
    }
    long beforeFirst = first.getAsLong() - 1;
    return Math.max(0, last.getAsLong() - Math.max(checkpoint.orElse(beforeFirst), beforeFirst));
  }

  /**
   * Whether a checkpoint has a higher number than the last event, so that it is of another event
   * hub: most likely one of the same name that existed before.
   */
  public boolean endsBefore(OptionalLong checkpoint) {
    return checkpoint.isPresent() && checkpoint.getAsLong() > last.orElse(-1);
  }
}
