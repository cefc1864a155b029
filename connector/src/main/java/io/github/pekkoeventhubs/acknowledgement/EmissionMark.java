// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Remembers when one of the unacknowledged events was emitted, which stands for the oldest of them.
 * The next mark is set at the first emission after the marked event's acknowledgement, so that the
 * mark is never older or younger than the oldest event by more than one acknowledgement takes, and
 * no time need be kept for each event.
 *
 * <p>{@link #emitted} is called by one thread, {@link #time} by any.
 */
final class EmissionMark {

  private final AtomicLong time = new AtomicLong();
  private long sequenceNumber = AcknowledgedPosition.UNKNOWN;

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
