// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.InvalidCheckpoint.Reason;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import java.util.Map;
import java.util.Optional;

/**
 * The facts about an epoch that the next epoch of the same stream needs.
 *
 * @param after the position after which the next epoch starts; empty for its checkpoint
 * @param acknowledged whether that position is more than the one at which the stream was to start
 * @param assignedAnew whether the stream gets the partition for the first time, or after a loss
 * @param refusal why the checkpoint turned out to be of no use; empty if it did not
 */
record Resumption(
    Optional<AcknowledgedPosition> after,
    boolean acknowledged,
    boolean assignedAnew,
    Optional<Refusal> refusal) {

  /**
   * The fault of the checkpoint from which an epoch has tried to read.
   *
   * @param evidence a sentence without its end
   */
  record Refusal(Reason reason, String evidence) {}

  /** There was no epoch of the same stream before. */
  static final Resumption NONE = new Resumption(Optional.empty(), false, true, Optional.empty());

  /**
   * The facts that are left when the partition is claimed anew.
   *
   * @param committable whether the checkpoint says where to start
   */
  Resumption underNewClaim(boolean committable) {
    return committable ? NONE : new Resumption(after, acknowledged, true, Optional.empty());
  }

  /**
   * The facts that an epoch leaves at its end. After a loss others may have committed more: then a
   * committable stream starts from the checkpoint.
   *
   * @param committable whether the events of the epoch were to be acknowledged
   * @param lost whether the partition was lost
   */
  static Resumption after(PartitionSession session, boolean committable, boolean lost) {
    return new Resumption(
        committable ? acknowledgedIn(session, lost) : emittedIn(session),
        session.hasAcknowledged(),
        lost,
        Optional.empty());
  }

  private static Optional<AcknowledgedPosition> acknowledgedIn(
      PartitionSession session, boolean lost) {
    AcknowledgedPosition end = session.acknowledged();
    return lost || end.sequenceNumber() == PartitionSession.NONE
        ? Optional.empty()
        : Optional.of(end);
  }

  private static Optional<AcknowledgedPosition> emittedIn(PartitionSession session) {
    long last = session.lastEmitted();
    return last == PartitionSession.NONE
        ? Optional.empty()
        : Optional.of(new AcknowledgedPosition(last, "", Map.of(), ""));
  }

  /** The next epoch starts from the checkpoint, which cannot be used as it is. */
  static Resumption after(Refusal refusal) {
    return new Resumption(Optional.empty(), false, false, Optional.of(refusal));
  }
}
