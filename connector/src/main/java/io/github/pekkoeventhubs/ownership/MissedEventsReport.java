// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ContinuitySettings.OnMissedEvents;
import io.github.pekkoeventhubs.PartitionLifecycle;
import io.github.pekkoeventhubs.continuity.MissedEvents;
import java.util.concurrent.atomic.LongAdder;

/**
 * Reports the missed events of one epoch to the log and to the user's listener. The first hole is
 * reported at once, and later ones together at the next stall check: a compacted event hub has
 * many. For the owner's thread alone.
 */
final class MissedEventsReport {

  private final StreamOfGroup stream;
  private final OwnerLog log;
  private final MissedEvents missed;
  private boolean hasReported;

  MissedEventsReport(StreamOfGroup stream, OwnerLog log, LongAdder total, Runnable whenFound) {
    this.stream = stream;
    this.log = log;
    this.missed = new MissedEvents(total, whenFound);
  }

  /** Takes the holes, on any thread. */
  MissedEvents missed() {
    return missed;
  }

  /** A hole was found. */
  void found() {
    if (!hasReported) {
      report();
    }
  }

  /** It is time to report what was found since the last report. */
  void report() {
    missed
        .take()
        .ifPresent(
            hole -> {
              hasReported = true;
              if (stream.settings().continuity().missedEvents() != OnMissedEvents.IGNORE) {
                log.eventsMissed(hole);
                stream.notifyListener(
                    new PartitionLifecycle.EventsMissed(
                        log.partition(), hole.first(), hole.last(), hole.events()));
              }
            });
  }
}
