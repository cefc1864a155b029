// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The consequences of acknowledgements in one epoch: the source that waits for one is woken, and
 * there is something to store. Any thread.
 *
 * <p>The source registers, and then looks once more. An acknowledgement is recorded, and then looks
 * for a waiting source. So one of the two sees the other: the tracker's change and the field are
 * volatile, whose accesses all threads see in one order.
 */
final class AcknowledgementProgress {

  private final boolean hasGaps;

  /** Distinguishes positions of the same sequence number whose gaps differ. */
  private final AtomicLong revision = new AtomicLong();

  /** Cleared by the thread that wakes the source. */
  private volatile @Nullable Runnable waiting;

  /** Events were skipped after the last flush. */
  private volatile boolean skippedSinceFlush;

  /**
   * @param hasGaps whether there may be more to store although the position stands still
   */
  AcknowledgementProgress(boolean hasGaps) {
    this.hasGaps = hasGaps;
  }

  void whenAcknowledged(Runnable wake) {
    waiting = wake;
    VarHandle.fullFence();
  }

  void acknowledged() {
    if (hasGaps) {
      revision.incrementAndGet();
    }
    Runnable wake = waiting;
    if (wake != null) {
      waiting = null;
      wake.run();
    }
  }

  void skipped() {
    skippedSinceFlush = true;
    acknowledged();
  }

  /** The present position is about to be stored. Returns the revision of its gaps. */
  long flushing() {
    skippedSinceFlush = false;
    return revision.get();
  }

  /** Whether no committer may have stored that the position has passed skipped events. */
  boolean hasUnstoredSkips() {
    return skippedSinceFlush;
  }
}
