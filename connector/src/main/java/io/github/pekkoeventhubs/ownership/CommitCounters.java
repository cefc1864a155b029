// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the events of a partition in one stream that were skipped, or whose acknowledgement was
 * dropped. It counts over all epochs, since an acknowledgement may come long after its epoch.
 * Thread-safe.
 */
final class CommitCounters {

  private final LongAdder dropped = new LongAdder();
  private final LongAdder skipped = new LongAdder();

  /** Counts acknowledgements that cannot be stored any more: another owner repeats their events. */
  void dropped(long events) {
    dropped.add(events);
  }

  /** Counts an event that the user has left unprocessed on purpose. */
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
