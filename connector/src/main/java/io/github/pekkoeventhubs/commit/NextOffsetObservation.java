// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommittableOffset;
import org.jspecify.annotations.Nullable;

/**
 * An offset is withheld until a different one follows, since until then more elements of the same
 * event may come. Repetitions count as one event. The parts of a split offset are the exception:
 * each has to be acknowledged, and their number is known, so only the last one seen is withheld.
 */
final class NextOffsetObservation implements Observation {

  private @Nullable CommittableOffset withheld;
  private long withheldEvents;

  @Override
  public void observe(CommittableOffset offset, long events, Target target) {
    CommittableOffset previous = withheld;
    long previousEvents = withheldEvents;
    withheld = offset;
    withheldEvents = events;
    if (previous == null) {
      return;
    }
    if (previous.sequenceNumber() != offset.sequenceNumber()) {
      target.acknowledged(previous, previousEvents);
    } else if (previous.isSplit()) {
      target.acknowledged(previous, 0);
    } else {
      withheldEvents = Math.max(events, previousEvents);
    }
  }

  @Override
  public void complete(Target target) {
    CommittableOffset last = withheld;
    if (last != null) {
      withheld = null;
      target.acknowledged(last, withheldEvents);
    }
  }
}
