// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ownership.PartitionSession;
import io.github.pekkoeventhubs.tracing.EventTrace;
import org.jspecify.annotations.Nullable;

/** Makes the elements that a source emits from the events that wait in an intake. */
interface Elements<T> {

  /** The next element of the partition, or null if there is none to emit now. */
  @Nullable T next(PartitionIntake intake);

  /** Whether the elements can be acknowledged. */
  boolean committable();

  /** Events as the SDK delivers them. */
  static Elements<PartitionEvent> plain() {
    return new Elements<>() {
      @Override
      public @Nullable PartitionEvent next(PartitionIntake intake) {
        PartitionEvent event = intake.poll();
        if (event != null) {
          intake.session().emitting(event.getData().getSequenceNumber());
        }
        return event;
      }

      @Override
      public boolean committable() {
        return false;
      }
    };
  }

  /** Events with their offsets. */
  static Elements<CommittableEvent> acknowledged() {
    return new Elements<>() {
      @Override
      public @Nullable CommittableEvent next(PartitionIntake intake) {
        PartitionSession session = intake.session();
        PartitionEvent event;
        while ((event = intake.poll()) != null) {
          EventData data = event.getData();
          EventTrace trace = session.tracing().trace(event);
          CommittableOffset offset =
              new CommittableOffset(
                  session, data.getSequenceNumber(), data.getOffsetString(), trace);
          if (session.emitting(offset, intake.turnTime())) {
            if (trace != null) {
              session.tracing().emitted(trace);
            }
            return new CommittableEvent(event, offset);
          }
        }
        return null;
      }

      @Override
      public boolean committable() {
        return true;
      }
    };
  }
}
