// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.quickstart;

import java.util.OptionalLong;

/**
 * The progress of one partition.
 *
 * @param partition its id
 * @param owner the node that has claimed it; empty without one
 * @param state the state that the owner reports; empty without one
 * @param position the sequence number of the last event that was given to the stream
 * @param committed the sequence number of the checkpoint
 * @param lastEnqueued the sequence number of the last event in the event hub
 */
record PartitionProgress(
    String partition,
    String owner,
    String state,
    OptionalLong position,
    OptionalLong committed,
    OptionalLong lastEnqueued) {

  static final String RUNNING = "running";

  boolean isRunning() {
    return state.equals(RUNNING);
  }

  /** Events in the event hub after the checkpoint. */
  OptionalLong lag() {
    return committed.isPresent() && lastEnqueued.isPresent()
        ? OptionalLong.of(Math.max(0, lastEnqueued.getAsLong() - committed.getAsLong()))
        : OptionalLong.empty();
  }
}
