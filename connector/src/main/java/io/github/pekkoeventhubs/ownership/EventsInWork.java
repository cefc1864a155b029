// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.continuity.ReadMark;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The events of one epoch that have arrived, and with which the stream is not finished.
 *
 * <p>A stream that has to fail at an event behind them finishes them first. The event hub may not
 * have them any more, where events are missing. And where one cannot be decoded, a reset passes
 * everything between the checkpoint and that event. The partition is not read any further
 * meanwhile. The stream does not get its time without an end: one that finishes nothing for the
 * time of a hand-over fails all the same.
 *
 * <p>Thread-safe.
 */
final class EventsInWork {

  private final OwnerLog log;
  private final PartitionSession session;
  private final PartitionRun run;
  private final Duration patience;
  private final LongSupplier nanoTime;

  // Guarded by this.
  private @Nullable Throwable awaitedFailure;
  private long finishedBefore;
  private long unchangedSince;

  /**
   * @param patience how long the stream may finish nothing
   * @param nanoTime the monotonic clock
   */
  EventsInWork(
      OwnerLog log,
      PartitionSession session,
      PartitionRun run,
      Duration patience,
      LongSupplier nanoTime) {
    this.log = log;
    this.session = session;
    this.run = run;
    this.patience = patience;
    this.nanoTime = nanoTime;
  }

  /**
   * The stream has to fail. Returns whether it may at once; if not, {@link #dueFailure} says when.
   */
  boolean mayFail(Throwable failure) {
    PartitionRun.Progress progress = run.progress();
    long inWork = inWork(progress);
    if (inWork > 0 && awaits(failure, progress.emitted() - inWork)) {
      log.failsAfter(inWork, patience, failure);
    }
    return inWork == 0;
  }

  /** Returns false if a failure is awaited already. */
  private synchronized boolean awaits(Throwable failure, long finished) {
    boolean isFirst = awaitedFailure == null;
    if (isFirst) {
      awaitedFailure = failure;
      finishedBefore = finished;
      unchangedSince = nanoTime.getAsLong();
    }
    return isFirst;
  }

  /** Whether the stream is to fail, and finishes what has arrived. No receiver is attached then. */
  synchronized boolean isAwaited() {
    return awaitedFailure != null;
  }

  /** The failure that was awaited, once the stream has finished, or has finished nothing. */
  synchronized Optional<Throwable> dueFailure() {
    if (awaitedFailure == null) {
      return Optional.empty();
    }
    PartitionRun.Progress progress = run.progress();
    long inWork = inWork(progress);
    long finished = progress.emitted() - inWork;
    long now = nanoTime.getAsLong();
    if (finished != finishedBefore) {
      finishedBefore = finished;
      unchangedSince = now;
    }
    return inWork == 0 || now - unchangedSince >= patience.toNanos()
        ? Optional.of(awaitedFailure)
        : Optional.empty();
  }

  /** An event that is just being emitted is neither waiting nor announced to the session. */
  private long inWork(PartitionRun.Progress progress) {
    ReadMark last = run.lastRead();
    long known = progress.waiting() + session.unacknowledged();
    boolean isEmitting = last != null && last.sequenceNumber() > session.lastEmitted();
    return known == 0 && isEmitting ? 1 : known;
  }
}
