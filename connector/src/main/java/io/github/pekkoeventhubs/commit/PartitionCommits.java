// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.PartitionEpoch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One partition during one epoch, as one committer sees it: the events that are acknowledged and
 * wait for a flush, and those that the flush which is under way will store. Used by one thread at a
 * time.
 */
final class PartitionCommits {

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

  private long lastFlushEndedAt;
  private long lastFlushNanos;

  PartitionCommits(PartitionEpoch epoch, Observation observation, LongSupplier clock) {
    this.epoch = epoch;
    this.observation = observation;
    this.clock = clock;
    this.draining = epoch.isDraining();
    this.lastFlushEndedAt = clock.getAsLong();
  }

  PartitionEpoch epoch() {
    return epoch;
  }

  /** The committer sees an offset of this epoch. */
  void observe(CommittableOffset offset, long events) {
    acknowledge(observation.observe(new Observed(offset, events)));
  }

  /** The stream has completed: the offset that is withheld counts now. */
  void complete() {
    acknowledge(observation.complete());
  }

  private void acknowledge(@Nullable Observed observed) {
    if (observed == null) {
      return;
    }
    CommittableOffset offset = observed.offset();
    if (pendingHighest == null && !failedBefore) {
      firstPendingAt = clock.getAsLong();
    }
    // Afterwards: the interval counts from no later than when others can see it.
    offset.acknowledge();
    if (pendingHighest == null || offset.sequenceNumber() > pendingHighest.sequenceNumber()) {
      pendingHighest = offset;
    }
    pendingEvents += observed.events();
  }

  /** The owner gives the partition up: from now on each acknowledgement is stored at once. */
  void startDraining() {
    draining = true;
  }

  /** The next flush does not wait for the interval. */
  void requestFlush() {
    flushRequested = true;
  }

  /** The events that are acknowledged now are going to be stored. */
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

  /** Has the epoch store the acknowledged events. */
  CompletionStage<CommitOutcome> flush() {
    try {
      return epoch.flush();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** The store has answered, or was not needed. */
  void flushEnded() {
    flushing = false;
    flushingHighest = null;
    flushingEvents = 0;
    lastFlushEndedAt = clock.getAsLong();
    lastFlushNanos = lastFlushEndedAt - flushStartedAt;
  }

  /** The flush has failed, and the next one is to store its events, too. */
  void flushFailed() {
    flushEnded();
    failedBefore = true;
    firstPendingAt = lastFlushEndedAt;
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

  long nanosSinceLastFlush(long now) {
    return now - lastFlushEndedAt;
  }

  /** The time that the last flush has taken; 0 before the first one has ended. */
  long lastFlushNanos() {
    return lastFlushNanos;
  }

  @Override
  public String toString() {
    return epoch.partition() + " (epoch " + epoch.number() + ")";
  }
}
