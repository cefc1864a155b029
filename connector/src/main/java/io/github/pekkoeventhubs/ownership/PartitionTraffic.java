// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.PartitionActivity;
import io.github.pekkoeventhubs.PartitionMoves;
import io.github.pekkoeventhubs.ownership.PartitionRun.Progress;
import io.github.pekkoeventhubs.store.WriteOutcome;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a partition does in one stream, over all epochs. Events are counted by the run of
 * each epoch, so that no event pays for this. Thread-safe.
 */
final class PartitionTraffic {

  // All below is guarded by this.
  private @Nullable PartitionRun run;
  private long receivedBefore;
  private long emittedBefore;
  private long receivers;
  private long checkpointWrites;
  private long checkpointFailures;
  private long checkpointConflicts;
  private long conflictsOfEpoch;
  private Duration checkpointTime = Duration.ZERO;
  private PartitionMoves moves = PartitionMoves.NONE;

  /** An epoch begins. */
  synchronized void begins(PartitionRun newRun) {
    ends();
    run = newRun;
    conflictsOfEpoch = 0;
    moves = moves.plus(new PartitionMoves(1, 0, 0, Duration.ZERO, 0));
  }

  /** The epoch is over: its run counts no more here. */
  synchronized void ends() {
    PartitionRun ended = run;
    if (ended != null) {
      Progress progress = ended.progress();
      receivedBefore += progress.received();
      emittedBefore += progress.emitted();
      run = null;
    }
  }

  /**
   * The partition is not the stream's any more.
   *
   * @param repeated events that the next owner will emit again, as far as is known
   */
  synchronized void moved(boolean lost, long repeated) {
    moves = moves.plus(new PartitionMoves(0, lost ? 0 : 1, lost ? 1 : 0, Duration.ZERO, repeated));
  }

  /** A hand-over has ended, and took so long. */
  synchronized void handedOver(Duration time) {
    moves = moves.plus(new PartitionMoves(0, 0, 0, time, 0));
  }

  synchronized void receiverAttached() {
    receivers++;
  }

  /** An attempt to write the checkpoint is over; see {@code WriteListener}. */
  synchronized void checkpointAttempted(
      Duration time, @Nullable WriteOutcome outcome, long conflicts) {
    checkpointTime = checkpointTime.plus(time);
    checkpointConflicts += Math.max(0, conflicts - conflictsOfEpoch);
    conflictsOfEpoch = conflicts;
    if (outcome == null) {
      checkpointFailures++;
    } else if (outcome == WriteOutcome.WRITTEN) {
      checkpointWrites++;
    }
  }

  synchronized PartitionMoves moves() {
    return moves;
  }

  synchronized PartitionActivity activity() {
    PartitionRun current = run;
    Progress progress = current == null ? Progress.NONE : current.progress();
    return new PartitionActivity(
        receivedBefore + progress.received(),
        emittedBefore + progress.emitted(),
        progress.waiting(),
        progress.limit(),
        Optional.ofNullable(progress.oldestWaiting()),
        receivers,
        checkpointWrites,
        checkpointFailures,
        checkpointConflicts,
        checkpointTime);
  }
}
