// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.time.Duration;

/**
 * Decides how long a partition of a stream that has failed, or whose source has ended, waits for
 * acknowledgements. The failed part of the stream has lost its events, and the committer need not
 * hear of that: it may stand outside of a part that is restarted. But offsets may just be passing
 * from one thread to another, or be worked on behind the failed part. So the wait ends when {@link
 * #ON_THE_WAY} has passed without an acknowledgement. Times are nanoseconds of a monotonic clock.
 */
final class LateAcknowledgements {

  /** The longest time that an offset needs from one thread of a stream to the next. */
  static final Duration ON_THE_WAY = Duration.ofMillis(250);

  private boolean begun;
  private long lastChange;
  private long unacknowledged;
  private boolean over;

  /**
   * The stream has failed, or its source has ended.
   *
   * @param unacknowledged how many events are emitted and not acknowledged
   */
  void begin(long now, long unacknowledged) {
    this.begun = true;
    this.lastChange = now;
    this.unacknowledged = unacknowledged;
  }

  /** To be called much more often than {@link #ON_THE_WAY}. */
  void check(long now, long unacknowledgedNow) {
    if (unacknowledgedNow != unacknowledged) {
      unacknowledged = unacknowledgedNow;
      lastChange = now;
    }
    over = begun && now - lastChange >= ON_THE_WAY.toNanos();
  }

  boolean hasBegun() {
    return begun;
  }

  /** Whether no acknowledgement is to be expected any more. */
  boolean areOver() {
    return over;
  }
}
