// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.StoredCheckpoint;
import org.apache.pekko.annotation.InternalApi;

/** Compares a checkpoint with the events that the partition has. */
@InternalApi
public final class CheckpointRange {

  /** The relation of a checkpoint to its partition. */
  public enum Answer {
    /** Reading can go on after it. */
    WITHIN,
    /** The partition ends before it. */
    BEYOND_END,
    /** The partition has another event at this number. */
    ANOTHER_LOG,
    /** Events after it were removed. */
    BEFORE_BEGINNING
  }

  private CheckpointRange() {}

  /**
   * Judges a checkpoint. Nothing can be said of one without a sequence number, since offsets are
   * opaque. The end of an empty partition is not believed: it is not known what the service says of
   * one whose events are all gone, and a position in another one is refused by the service itself.
   *
   * @param sequenceNumber of the checkpoint; {@link SequenceNumbers#UNKNOWN} if it has none
   * @param offset of the checkpoint; empty if it has none
   */
  public static Answer judge(long sequenceNumber, String offset, PartitionRange range) {
    if (sequenceNumber == SequenceNumbers.UNKNOWN) {
      return Answer.WITHIN;
    }
    if (!range.empty() && sequenceNumber > range.last()) {
      return Answer.BEYOND_END;
    }
    boolean names = !offset.equals(StoredCheckpoint.BEFORE_FIRST_OFFSET);
    if (names && range.hasAnotherOffsetAt(sequenceNumber, offset)) {
      return Answer.ANOTHER_LOG;
    }
    return sequenceNumber + 1 < range.first() ? Answer.BEFORE_BEGINNING : Answer.WITHIN;
  }
}
