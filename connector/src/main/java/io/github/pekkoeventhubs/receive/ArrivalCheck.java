// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ContinuitySettings.OnMissedEvents;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.continuity.Continuity;
import io.github.pekkoeventhubs.continuity.ContinuityFailures;
import io.github.pekkoeventhubs.continuity.MissedEvents;
import io.github.pekkoeventhubs.continuity.ReadStart;
import io.github.pekkoeventhubs.ownership.PartitionRun.Fault;
import io.github.pekkoeventhubs.ownership.PartitionRun.ReceiverEnd;
import org.jspecify.annotations.Nullable;

/**
 * Decides what becomes of an event that does not directly follow the one before. For the thread on
 * which events arrive.
 */
final class ArrivalCheck {

  private final EventHubPartition partition;
  private final ReadStart start;
  private @Nullable ReceiverEnd end;

  ArrivalCheck(EventHubPartition partition, ReadStart start) {
    this.partition = partition;
    this.start = start;
  }

  /** Whether the event is the next one to take in; {@link #end} tells why not. */
  boolean accepts(PartitionEvent event, long sequenceNumber) {
    long before = start.continuity().last();
    Continuity.Answer answer = start.continuity().judge(event, sequenceNumber);
    return answer == Continuity.Answer.NEXT || accepts(answer, before, event, sequenceNumber);
  }

  private boolean accepts(
      Continuity.Answer answer, long before, PartitionEvent event, long sequenceNumber) {
    return switch (answer) {
      case NEXT -> true;
      case REPEATED -> {
        end = null;
        yield false;
      }
      case HOLE -> {
        if (start.settings().missedEvents() == OnMissedEvents.FAIL) {
          end =
              lasting(
                  ContinuityFailures.eventsMissed(partition, before, sequenceNumber),
                  Fault.EVENTS_MISSED);
          yield false;
        }
        start.continuity().take(event, sequenceNumber);
        start.missed().found(MissedEvents.Hole.between(before + 1, sequenceNumber - 1));
        yield true;
      }
      case ANOTHER_LOG -> {
        end =
            lasting(
                ContinuityFailures.anotherEventHub(
                    partition, evidence(before, event, sequenceNumber), start.settings(), null),
                Fault.ANOTHER_LOG);
        yield false;
      }
    };
  }

  /** Another receiver would meet the same event: it is no sign that this one has worked. */
  private static ReceiverEnd lasting(Throwable cause, Fault fault) {
    return new ReceiverEnd(cause, false, false, false, fault);
  }

  private String evidence(long before, PartitionEvent event, long sequenceNumber) {
    PartitionEvent last = start.continuity().lastEvent();
    return "an event with "
        + ContinuityFailures.position(sequenceNumber, event.getData().getOffsetString())
        + " arrived after "
        + ContinuityFailures.position(
            before, last == null ? null : last.getData().getOffsetString());
  }

  /** Returns the answer to an event that was not accepted. */
  PartitionReceiver.Arrival unaccepted() {
    return end == null ? PartitionReceiver.Arrival.REPEATED : PartitionReceiver.Arrival.REFUSED;
  }

  /** Why no event is taken any more; null if the event had only arrived before. */
  @Nullable ReceiverEnd end() {
    return end;
  }
}
