// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.DurationRecorder;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the events of a partition in one stream that were skipped, or whose acknowledgement was
 * dropped, and keeps the times of those that were acknowledged. It counts over all epochs, since an
 * acknowledgement may come long after its epoch. Thread-safe.
 */
final class CommitCounters {

  private final LongAdder dropped = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private final DurationRecorder processTimes = new DurationRecorder();

  /** Counts acknowledgements that cannot be stored any more: another owner repeats their events. */
  void dropped(long events) {
    dropped.add(events);
  }

  /** Counts an event that the user has left unprocessed on purpose. */
  void skipped() {
    skipped.increment();
  }

  /** From the emission of an event to its acknowledgement. */
  DurationRecorder processTimes() {
    return processTimes;
  }

  long dropped() {
    return dropped.sum();
  }

  long skippedEvents() {
    return skipped.sum();
  }
}
