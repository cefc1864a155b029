// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.DurationRecorder;
import io.github.pekkoeventhubs.LossReason;
import io.github.pekkoeventhubs.PartitionActivity;
import io.github.pekkoeventhubs.PartitionMoves;
import io.github.pekkoeventhubs.ownership.PartitionRun.Progress;
import io.github.pekkoeventhubs.store.WriteOutcome;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a partition does in one stream, over all epochs. Events are counted by the run of
 * each epoch, so that no event pays for this. Thread-safe.
 */
final class PartitionTraffic {

  private final DurationRecorder checkpointTimes = new DurationRecorder();
  private final DurationRecorder checkpointFailureTimes = new DurationRecorder();
  private final DurationRecorder handOverTimes = new DurationRecorder();

  // All below is guarded by this.
  private @Nullable PartitionRun run;
  private long receivedBefore;
  private long emittedBefore;
  private long receivers;
  private long checkpointWrites;
  private long checkpointFailures;
  private long checkpointConflicts;
  private long conflictsOfEpoch;
  private long checkpointsCoalesced;
  private long coalescedOfEpoch;
  private long assigned;
  private long handedOver;
  private final Map<LossReason, Long> losses = new EnumMap<>(LossReason.class);
  private long repeatedEvents;

  /** An epoch begins. */
  synchronized void begins(PartitionRun newRun) {
    ends();
    run = newRun;
    conflictsOfEpoch = 0;
    coalescedOfEpoch = 0;
    assigned++;
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
   * @param loss why it was not handed over; empty if it was
   * @param repeated events that the next owner will emit again, as far as is known
   */
  synchronized void moved(Optional<LossReason> loss, long repeated) {
    repeatedEvents += repeated;
    if (loss.isPresent()) {
      losses.merge(loss.get(), 1L, Long::sum);
    } else {
      handedOver++;
    }
  }

  /** A hand-over has ended, and took so long. */
  void handedOver(Duration time) {
    handOverTimes.took(time.toNanos());
  }

  synchronized void receiverAttached() {
    receivers++;
  }

  /** An attempt to write the checkpoint is over; see {@code WriteListener}. */
  synchronized void checkpointAttempted(
      Duration time, @Nullable WriteOutcome outcome, long conflicts, long coalesced) {
    (outcome == null ? checkpointFailureTimes : checkpointTimes).took(time.toNanos());
    checkpointConflicts += Math.max(0, conflicts - conflictsOfEpoch);
    conflictsOfEpoch = conflicts;
    checkpointsCoalesced += Math.max(0, coalesced - coalescedOfEpoch);
    coalescedOfEpoch = Math.max(coalescedOfEpoch, coalesced);
    if (outcome == null) {
      checkpointFailures++;
    } else if (outcome == WriteOutcome.WRITTEN) {
      checkpointWrites++;
    }
  }

  synchronized PartitionMoves moves() {
    return new PartitionMoves(
        assigned, handedOver, losses, handOverTimes.distribution(), repeatedEvents);
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
        checkpointsCoalesced,
        checkpointTimes.distribution(),
        checkpointFailureTimes.distribution());
  }
}
