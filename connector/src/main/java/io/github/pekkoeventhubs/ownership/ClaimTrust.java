// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.time.Duration;

/**
 * Says until when events may be emitted under a claim, by the monotonic clock: as long as the claim
 * is valid, and as long as the process is known to have been running all the time. After a pause of
 * the process another owner may have the partition, although the claim is valid by its own account.
 * The buffers then hold events that the other owner has received too. Therefore nothing is emitted
 * after a pause before a renewal has shown that the claim still stands.
 */
final class ClaimTrust {

  /** Shorter than a cluster usually takes to give a member up and to move its partitions. */
  static final Duration LONGEST_PAUSE = Duration.ofSeconds(4);

  private long validUntil;
  private long lookedAt;
  private boolean suspended;
  private long suspendedAt;

  /** An epoch begins. No event has been received yet that another owner may have processed. */
  void begins(long now) {
    lookedAt = now;
    suspended = false;
  }

  /**
   * The claim has been written. A request from before a pause says nothing about the time after it.
   *
   * @param sentAt when it was requested
   * @param validity of a claim, from then on
   */
  void written(long sentAt, Duration validity) {
    validUntil = sentAt + validity.toNanos();
    if (suspended && sentAt - suspendedAt >= 0) {
      suspended = false;
    }
  }

  /** Whether the claim was not written for so long that it must be given up. */
  boolean isExpired(long now) {
    return now - validUntil >= 0;
  }

  /**
   * Looks for a pause of the process. To be called much more often than a pause may last.
   *
   * @return whether there has been a pause since the last call, and the claim has to be written
   *     again
   */
  boolean noticesPause(long now) {
    boolean paused = now - lookedAt >= LONGEST_PAUSE.toNanos();
    lookedAt = now;
    if (paused) {
      suspended = true;
      suspendedAt = now;
    }
    return paused;
  }

  /** Until when events may be emitted, unless this is called again. */
  long emitUntil() {
    if (suspended) {
      return lookedAt;
    }
    long unlessPaused = lookedAt + LONGEST_PAUSE.toNanos();
    return unlessPaused - validUntil < 0 ? unlessPaused : validUntil;
  }
}
