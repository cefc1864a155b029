// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.time.Duration;

/**
 * Notices that nobody answers the requests to start partitions. Then cluster sharding has no
 * coordinator, and the stream gets no partitions. For the thread of the group's actor alone.
 */
final class CoordinatorWatch {

  /** Sharding takes seconds to start, and to move its coordinator. */
  static final Duration LONGEST_SILENCE = Duration.ofSeconds(15);

  private boolean isAsking;
  private long askingSince;
  private boolean isReported;

  /** A partition that is not known to run was asked for. */
  void asked(long nanoTime) {
    if (!isAsking) {
      isAsking = true;
      askingSince = nanoTime;
    }
  }

  /** A partition was started somewhere. */
  void answered() {
    isAsking = false;
    isReported = false;
  }

  /** Whether requests have been without an answer for too long. */
  boolean isSilent(long nanoTime) {
    return isAsking && nanoTime - askingSince >= LONGEST_SILENCE.toNanos();
  }

  /**
   * Takes the report of a silence, of which there is one until there is an answer.
   *
   * @return whether the silence is to be reported now
   */
  boolean takeReport(long nanoTime) {
    boolean isNew = isSilent(nanoTime) && !isReported;
    isReported |= isNew;
    return isNew;
  }
}
