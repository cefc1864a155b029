// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * The events of one epoch that have arrived, and with which the stream is not finished.
 *
 * <p>A stream that has to fail at an event behind them finishes them first. The event hub may not
 * have them any more, where events are missing. And where one cannot be decoded, a reset passes
 * everything between the checkpoint and that event. While receivers end at the same event again and
 * again, the stream has time. It does not get it without an end: one that finishes nothing for the
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
  private boolean awaited;
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
   * Whether the stream may fail now. If not, it is to be asked again when the next receiver has
   * ended.
   *
   * @param failure what the stream is to fail with
   */
  synchronized boolean mayFail(Throwable failure) {
    PartitionRun.Progress progress = run.progress();
    long inWork = progress.waiting() + session.unacknowledged();
    if (inWork == 0) {
      return true;
    }
    long now = nanoTime.getAsLong();
    long finished = progress.emitted() + session.lastAcknowledged() + session.acknowledgedAhead();
    if (!awaited) {
      log.failsAfter(inWork, patience, failure);
    }
    if (!awaited || finished != finishedBefore) {
      awaited = true;
      finishedBefore = finished;
      unchangedSince = now;
    }
    return now - unchangedSince >= patience.toNanos();
  }
}
