// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.concurrent.atomic.LongAdder;

/**
 * What has become of a partition's events in this stream besides being stored, over all epochs:
 * acknowledgements may come long after theirs. Thread-safe.
 */
final class CommitCounters {

  private final LongAdder dropped = new LongAdder();
  private final LongAdder skipped = new LongAdder();

  /** Acknowledgements that can be stored no more: another owner repeats their events. */
  void dropped(long events) {
    dropped.add(events);
  }

  /** An event that the user has not processed on purpose. */
  void skipped() {
    skipped.increment();
  }

  long dropped() {
    return dropped.sum();
  }

  long skippedEvents() {
    return skipped.sum();
  }
}
