// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Objects;
import java.util.Optional;

/**
 * One partition of a {@link CheckpointReset}: what its checkpoint was, what it is to be, and what
 * has become of it; a failure is an {@link Outcome} of the partition. Immutable.
 *
 * @param partition the partition
 * @param before the checkpoint as it was read, or as it was replaced; empty if there was none
 * @param sequenceNumber what the checkpoint is to say: the last event that counts as processed, so
 *     that reading goes on with the next one. One less than the first event where nothing does
 * @param offset the offset of that event; {@link StoredCheckpoint#BEFORE_FIRST_OFFSET} where
 *     reading goes on at the beginning, and empty where that event cannot be read
 * @param owner who owned the partition when it was last looked at, with a claim that had not
 *     expired; empty if nobody did
 * @param outcome what has become of it
 * @param problem why it was not written, or what else an operator should know; without secrets
 */
public record PartitionReset(
    EventHubPartition partition,
    Optional<StoredCheckpoint> before,
    long sequenceNumber,
    String offset,
    Optional<String> owner,
    Outcome outcome,
    Optional<String> problem) {

  /** The outcome for one partition. */
  public enum Outcome {
    /** Nothing was written yet. */
    PLANNED,
    /** The checkpoint says so already: nothing is written. */
    UNCHANGED,
    /** The checkpoint was written. */
    WRITTEN,
    /** Somebody owns the partition: nothing was written. Stop that consumer, or force it. */
    OWNED,
    /** Somebody else has written the checkpoint since the plan: nothing was written. Plan again. */
    CHANGED,
    /** The store could not be asked or written; the same reset may succeed later. */
    FAILED
  }

  /** Refuses an incomplete one. */
  public PartitionReset {
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(before, "before");
    Objects.requireNonNull(offset, "offset");
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(problem, "problem");
  }

  /** The same with what has become of it. */
  public PartitionReset with(Outcome newOutcome, Optional<String> newProblem) {
    return new PartitionReset(
        partition, before, sequenceNumber, offset, owner, newOutcome, newProblem);
  }

  /** The same with another checkpoint that was found. */
  public PartitionReset withBefore(Optional<StoredCheckpoint> found) {
    return new PartitionReset(partition, found, sequenceNumber, offset, owner, outcome, problem);
  }

  /** The same with another owner that was found. */
  public PartitionReset withOwner(Optional<String> found) {
    return new PartitionReset(partition, before, sequenceNumber, offset, found, outcome, problem);
  }

  /** Whether the checkpoint says what it is to say. */
  public boolean isDone() {
    return outcome == Outcome.WRITTEN || outcome == Outcome.UNCHANGED;
  }
}
