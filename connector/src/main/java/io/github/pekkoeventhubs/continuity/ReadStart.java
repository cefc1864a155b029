// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ContinuitySettings;
import java.util.OptionalLong;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * Where an epoch reads from, and how far it has come.
 *
 * @param after the position after which the first event comes
 * @param continuity judges the events
 * @param missed takes the holes
 * @param settings what happens when the events do not continue
 */
@InternalApi
public record ReadStart(
    EventPosition after, Continuity continuity, MissedEvents missed, ContinuitySettings settings) {

  /**
   * The position after the last event that arrived. It is an offset where there is one, since a
   * sequence number need not survive a geo-failover. A receiver that is to show that it works
   * begins with that event.
   *
   * @param hasAdvanced whether an event has arrived, or was left out
   */
  public EventPosition next(boolean hasAdvanced) {
    OptionalLong again = continuity.takeAgain();
    if (again.isPresent()) {
      return EventPosition.fromSequenceNumber(again.getAsLong(), true);
    }
    if (!hasAdvanced) {
      return after;
    }
    PartitionEvent last = continuity.lastEvent();
    String offset = last == null ? null : last.getData().getOffsetString();
    return offset == null || offset.isEmpty()
        ? EventPosition.fromSequenceNumber(continuity.last(), false)
        : EventPosition.fromOffsetString(offset);
  }

  /** The last event that has arrived; null if none has, or if one was left out since. */
  public @Nullable ReadMark lastRead() {
    PartitionEvent last = continuity.lastEvent();
    return last == null ? null : ReadMark.of(last);
  }

  /** Leaves an event out. Those between the last one and this one are missing. */
  public void leaveOut(long sequenceNumber) {
    long next = continuity.last() + 1;
    if (next < sequenceNumber) {
      missed.found(MissedEvents.Hole.between(next, sequenceNumber - 1));
    }
    continuity.leaveOut(sequenceNumber);
  }
}
