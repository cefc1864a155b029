// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommitterSettings;
import java.time.Duration;

/**
 * Decides when the acknowledged events of a partition are stored. Times are nanoseconds of a
 * monotonic clock.
 *
 * <p>A flush is due when the batch is full, when the interval has passed since the first event that
 * is not stored, or when it was asked for because the stream is idle. After each write there is a
 * pause as long as the write took, at most the interval: a slow or throttling store is written half
 * of the time, in larger batches, and recovers its rate with its speed. A partition that is being
 * drained, or has reached its bound of unwritten events, does not wait at all. A write that has
 * failed is repeated after the interval, or after a short pause while the partition is drained.
 */
final class FlushPolicy {

  /** The answer for a partition that has nothing to store. */
  static final long NEVER = Long.MAX_VALUE;

  /** The pause before a failed write of a partition that is being drained. */
  static final long DRAINING_RETRY_NANOS = Duration.ofMillis(100).toNanos();

  private final int maxBatch;
  private final int maxUnwritten;
  private final long maxIntervalNanos;

  FlushPolicy(CommitterSettings settings) {
    this.maxBatch = settings.maxBatch();
    this.maxUnwritten = settings.maxUnwritten();
    this.maxIntervalNanos = settings.maxInterval().toNanos();
  }

  /** How many events of a partition may be acknowledged and not written. */
  int maxUnwritten() {
    return maxUnwritten;
  }

  /** How long to wait before the partition's next flush; 0 if it is due. */
  long nanosUntilFlush(PartitionCommits commits, long now) {
    if (!commits.hasWork()) {
      return NEVER;
    }
    if (commits.isDraining()) {
      return commits.hasFailed()
          ? Math.max(0, DRAINING_RETRY_NANOS - commits.nanosSinceLastFlush(now))
          : 0;
    }
    if (isFull(commits) && !commits.hasFailed()) {
      return 0;
    }
    long wait =
        commits.pendingEvents() >= maxBatch || commits.isFlushRequested()
            ? 0
            : maxIntervalNanos - commits.nanosSinceFirstPending(now);
    return Math.max(0, Math.max(wait, pauseLeft(commits, now)));
  }

  /** Whether the partition has no room for its next event, so that the stage must not pull. */
  boolean isFull(PartitionCommits commits) {
    return commits.isWaitingForRoom() || commits.unwrittenEvents() >= maxUnwritten;
  }

  /** Whether the partition may have become due by growing from this many events. */
  boolean hasCrossedBound(
      PartitionCommits commits, boolean hadWork, long pendingBefore, long unwrittenBefore) {
    return !hadWork
        || (pendingBefore < maxBatch && commits.pendingEvents() >= maxBatch)
        || (unwrittenBefore < maxUnwritten && isFull(commits))
        || commits.isDraining();
  }

  /** The rest of the pause that follows the last write, which is as long as that write. */
  private long pauseLeft(PartitionCommits commits, long now) {
    return Math.min(commits.lastFlushNanos(), maxIntervalNanos) - commits.nanosSinceLastFlush(now);
  }
}
