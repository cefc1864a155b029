// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.PartitionEpoch;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One partition during one epoch, as one committer sees it: what is acknowledged and waits for a
 * flush, and what the flush that is under way will store. Used by one thread at a time.
 */
final class PartitionCommits implements Observation.Target {

  private final PartitionEpoch epoch;
  private final Observation observation;
  private final LongSupplier clock;

  private @Nullable CommittableOffset pendingHighest;
  private long pendingEvents;
  private long firstPendingAt;
  private boolean flushRequested;
  private boolean failedBefore;
  private boolean draining;

  private boolean flushing;
  private @Nullable CommittableOffset flushingHighest;
  private long flushingEvents;
  private long flushStartedAt;

  private long pauseStartedAt;
  private long pause;

  PartitionCommits(PartitionEpoch epoch, Observation observation, LongSupplier clock) {
    this.epoch = epoch;
    this.observation = observation;
    this.clock = clock;
    this.draining = epoch.isDraining();
    this.pauseStartedAt = clock.getAsLong();
  }

  PartitionEpoch epoch() {
    return epoch;
  }

  /** The committer sees an offset of this epoch. */
  void observe(CommittableOffset offset, long events) {
    observation.observe(offset, events, this);
  }

  /** The stream has completed: what is withheld counts now. */
  void complete() {
    observation.complete(this);
  }

  @Override
  public void acknowledged(CommittableOffset offset, long events) {
    if (pendingHighest == null && !failedBefore) {
      firstPendingAt = clock.getAsLong();
    }
    // Afterwards: the interval counts from no later than when others can see it.
    offset.acknowledge();
    if (pendingHighest == null || offset.sequenceNumber() > pendingHighest.sequenceNumber()) {
      pendingHighest = offset;
    }
    pendingEvents += events;
  }

  /** The owner gives the partition up: from now on each acknowledgement is stored at once. */
  void startDraining() {
    draining = true;
  }

  /** Stores what is pending without waiting for the interval. */
  void requestFlush() {
    flushRequested = true;
  }

  /** What is acknowledged now is going to be stored. */
  void flushStarted() {
    flushing = true;
    flushStartedAt = clock.getAsLong();
    flushingHighest = pendingHighest;
    flushingEvents = pendingEvents;
    pendingHighest = null;
    pendingEvents = 0;
    flushRequested = false;
    failedBefore = false;
  }

  /** The events of the flush that is under way; empty if it only repeats one that has failed. */
  CommittableOffsetBatch flushingBatch() {
    return flushingHighest == null
        ? CommittableOffsetBatch.empty()
        : CommittableOffsetBatch.standingFor(flushingHighest, flushingEvents);
  }

  /** The store has answered, or was not needed. */
  void flushEnded(FlushPolicy policy) {
    long now = clock.getAsLong();
    flushing = false;
    flushingHighest = null;
    flushingEvents = 0;
    pauseStartedAt = now;
    pause = policy.pauseAfter(now - flushStartedAt);
  }

  /** The flush has failed, and what it should have stored is left to the next one. */
  void flushFailed(FlushPolicy policy) {
    flushEnded(policy);
    failedBefore = true;
    firstPendingAt = pauseStartedAt;
  }

  /** Whether there is something to flush beyond what is being flushed. */
  boolean hasWork() {
    return pendingHighest != null || failedBefore;
  }

  boolean isFlushing() {
    return flushing;
  }

  boolean isDraining() {
    return draining;
  }

  boolean isFlushRequested() {
    return flushRequested;
  }

  long pendingEvents() {
    return pendingEvents;
  }

  long unwrittenEvents() {
    return pendingEvents + flushingEvents;
  }

  long nanosSinceFirstPending(long now) {
    return now - firstPendingAt;
  }

  long pauseLeft(long now) {
    return pause - (now - pauseStartedAt);
  }

  @Override
  public String toString() {
    return epoch.partition() + " (epoch " + epoch.number() + ")";
  }
}
