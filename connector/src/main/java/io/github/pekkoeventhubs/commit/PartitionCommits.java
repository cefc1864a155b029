// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import io.github.pekkoeventhubs.log.LogKeys;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One partition during one epoch, as one committer sees it: the events that are acknowledged and
 * wait for a flush, those that the flush which is under way will store, and the offsets that wait
 * to be acknowledged. Used by one thread at a time.
 *
 * <p>An offset is acknowledged only if the events that are acknowledged and not written stay within
 * the bound with it, or if there are no others. Until then it waits here, and its events still
 * belong to the unacknowledged ones of the source. Only a write that the store has answered makes
 * room: a write that has failed does not.
 */
final class PartitionCommits {

  private final PartitionEpoch epoch;

  /** Tells when an offset counts; null where each counts as soon as it is seen. */
  private final @Nullable NextOffsetObservation withholding;

  private final LongSupplier clock;
  private final long maxUnwritten;

  /** Offsets that count as acknowledged when there is room for their events. */
  private final Queue<Observed> deferred = new ArrayDeque<>();

  /** Counts the events that were acknowledged in this epoch. */
  private long acknowledgedEvents;

  /** How many of them the store has, or will never get. */
  private long writtenEvents;

  /** How many of them the last flush includes. */
  private long flushedEvents;

  private @Nullable CommittableOffset pendingHighest;

  /** How many offsets are to be flushed, each as often as it has come. */
  private long pendingSize;

  private long firstPendingAt;
  private boolean flushRequested;
  private boolean failedBefore;
  private boolean draining;

  private boolean flushing;
  private @Nullable CommittableOffset flushingHighest;
  private long flushingSize;
  private long flushStartedAt;

  private long lastFlushEndedAt;
  private long lastFlushNanos;

  PartitionCommits(
      PartitionEpoch epoch,
      @Nullable NextOffsetObservation withholding,
      LongSupplier clock,
      long maxUnwritten) {
    this.epoch = epoch;
    this.withholding = withholding;
    this.clock = clock;
    this.maxUnwritten = maxUnwritten;
    this.draining = epoch.isDraining();
    this.lastFlushEndedAt = clock.getAsLong();
  }

  PartitionEpoch epoch() {
    return epoch;
  }

  /** The names of it, for log lines. */
  LogKeys keys() {
    return LogKeys.of(epoch);
  }

  /** The committer sees an offset of this epoch. */
  void observe(CommittableOffset offset, long events) {
    if (withholding == null) {
      acknowledgeOrDefer(offset, events);
    } else {
      acknowledgeOrDefer(withholding.observe(new Observed(offset, events)));
    }
  }

  /** The stream has completed: the offset that is withheld counts now. */
  void complete() {
    if (withholding != null) {
      acknowledgeOrDefer(withholding.complete());
    }
  }

  private void acknowledgeOrDefer(@Nullable Observed observed) {
    if (observed != null) {
      acknowledgeOrDefer(observed.offset(), observed.events());
    }
  }

  /** Only what has to wait becomes an object of its own: this is called for each event. */
  private void acknowledgeOrDefer(CommittableOffset offset, long events) {
    long newEvents = newEvents(offset, events);
    if (deferred.isEmpty() && hasRoomFor(newEvents)) {
      acknowledge(offset, events, newEvents);
    } else {
      deferred.add(new Observed(offset, events));
    }
  }

  /** A store that has answered makes room. */
  private void acknowledgeDeferred() {
    Observed next;
    while ((next = deferred.peek()) != null) {
      long newEvents = newEvents(next.offset(), next.events());
      if (!hasRoomFor(newEvents)) {
        return;
      }
      deferred.remove();
      acknowledge(next.offset(), next.events(), newEvents);
    }
  }

  private long newEvents(CommittableOffset offset, long events) {
    return offset.completesEvent() ? epoch.newlyAcknowledged(offset, events) : 0;
  }

  private boolean hasRoomFor(long events) {
    long unwritten = unwrittenEvents();
    return unwritten == 0 || unwritten + events <= maxUnwritten;
  }

  private void acknowledge(CommittableOffset offset, long events, long newEvents) {
    if (pendingHighest == null && !failedBefore) {
      firstPendingAt = clock.getAsLong();
    }
    // Afterwards: the interval counts from no later than when others can see it.
    offset.acknowledge();
    if (pendingHighest == null || offset.sequenceNumber() > pendingHighest.sequenceNumber()) {
      pendingHighest = offset;
    }
    acknowledgedEvents += newEvents;
    pendingSize += events;
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
    flushedEvents = acknowledgedEvents;
    flushingHighest = pendingHighest;
    flushingSize = pendingSize;
    pendingHighest = null;
    pendingSize = 0;
    flushRequested = false;
    failedBefore = false;
  }

  /** The events of the flush that is under way; empty if it only repeats one that has failed. */
  CommittableOffsetBatch flushingBatch() {
    return flushingHighest == null
        ? CommittableOffsetBatch.empty()
        : CommittableOffsetBatch.standingFor(flushingHighest, flushingSize);
  }

  /** Has the epoch store the acknowledged events. */
  CompletionStage<CommitOutcome> flush() {
    try {
      return epoch.flush();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(UnexpectedFailure.COMMITTER.of(e));
    }
  }

  /** The store has answered, or was not needed: the events of the flush are not unwritten. */
  void flushEnded() {
    writtenEvents = flushedEvents;
    endFlush();
    acknowledgeDeferred();
  }

  /** The flush has failed: its events stay unwritten, and the next one is to store them, too. */
  void flushFailed() {
    endFlush();
    failedBefore = true;
    firstPendingAt = lastFlushEndedAt;
  }

  private void endFlush() {
    flushing = false;
    flushingHighest = null;
    flushingSize = 0;
    lastFlushEndedAt = clock.getAsLong();
    lastFlushNanos = lastFlushEndedAt - flushStartedAt;
  }

  /** The flush has failed, and is not repeated: the committer ends. */
  void flushGivenUp() {
    endFlush();
    deferred.clear();
  }

  /** How many events are acknowledged and left, if no flush follows the one that is under way. */
  long leftUnwritten() {
    return flushing ? pendingEvents() : unwrittenEvents();
  }

  /** How many events wait to be acknowledged. */
  long deferredEvents() {
    long events = 0;
    for (Observed observed : deferred) {
      events += observed.events();
    }
    return events;
  }

  /** Whether there is something to flush beyond what is being flushed. */
  boolean hasWork() {
    return pendingHighest != null || failedBefore || !deferred.isEmpty();
  }

  /** Whether an offset waits for the store to make room. */
  boolean isWaitingForRoom() {
    return !deferred.isEmpty();
  }

  /** Whether the last flush has failed, so that the next one repeats it. */
  boolean hasFailed() {
    return failedBefore;
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

  /** How many events are acknowledged that no flush has included yet. */
  long pendingEvents() {
    return acknowledgedEvents - flushedEvents;
  }

  /** How many events are acknowledged that the store has not confirmed. */
  long unwrittenEvents() {
    return acknowledgedEvents - writtenEvents;
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
    return epoch.partition() + " (epoch " + LogKeys.epochOf(epoch) + ")";
  }
}
