// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import com.sun.management.ThreadMXBean;
import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableOffset;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where neither meters nor tracing are bound, an event pays nothing for them. */
class UnmeasuredEventsTest {

  private static final int EVENTS = 200_000;
  private static final int IN_FLIGHT = 50;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static PartitionSession session(Acknowledgement acknowledgement) {
    return TestSessions.session(
        "0",
        true,
        acknowledgement,
        2 * IN_FLIGHT,
        new CommitCounters(),
        position -> CompletableFuture.completedFuture(CommitOutcome.COMMITTED));
  }

  /** The offsets are made before: they are what an event costs anyway. */
  private static long bytesOfEmittingAndAcknowledging(
      PartitionSession session, CommittableOffset[] offsets) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < offsets.length; i++) {
      session.emitting(offsets[i], i);
      if (i >= IN_FLIGHT) {
        session.acknowledge(offsets[i - IN_FLIGHT]);
      }
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  @ParameterizedTest
  @EnumSource(Acknowledgement.class)
  void emittingAndAcknowledgingAllocatesNothing(Acknowledgement acknowledgement) {
    PartitionSession session = session(acknowledgement);
    CommittableOffset[] offsets = new CommittableOffset[EVENTS];
    for (int i = 0; i < EVENTS; i++) {
      offsets[i] = new CommittableOffset(session, i, "0");
    }

    long bytes = bytesOfEmittingAndAcknowledging(session, offsets);

    assertThat((double) bytes / EVENTS).as("bytes of each event").isLessThan(1);
  }

  @Test
  void nothingIsTracedAndNothingMadeForIt() {
    PartitionSession session = session(Acknowledgement.ORDERED);
    PartitionEvent event =
        new PartitionEvent(
            new PartitionContext("ns", "orders", "billing", "0"), new EventData("a"), null);
    assertThat(session.tracing().trace(event)).isNull();
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < EVENTS; i++) {
      if (session.tracing().trace(event) != null) {
        throw new AssertionError("a trace");
      }
    }

    long bytes = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertThat((double) bytes / EVENTS).as("bytes of each event").isLessThan(1);
  }
}
