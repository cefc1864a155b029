// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import io.github.pekkoeventhubs.SequenceNumbers;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Remembers the emission time of one unacknowledged event, as an estimate for the oldest one, so
 * that no time need be kept for each event. The next mark is set at the first emission after the
 * marked event's acknowledgement. So the estimate differs from the truth by no more than the time
 * that one acknowledgement takes.
 *
 * <p>{@link #emitted} is called by one thread, {@link #time} by any.
 */
final class EmissionMark {

  private final AtomicLong time = new AtomicLong();
  private long sequenceNumber = SequenceNumbers.UNKNOWN;

  void emitted(long emittedSequenceNumber, long acknowledgedSequenceNumber, long nanoTime) {
    if (acknowledgedSequenceNumber >= sequenceNumber) {
      sequenceNumber = emittedSequenceNumber;
      time.setRelease(nanoTime);
    }
  }

  long time() {
    return time.get();
  }
}
