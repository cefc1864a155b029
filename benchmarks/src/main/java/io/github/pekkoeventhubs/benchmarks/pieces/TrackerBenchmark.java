// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.pieces;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgementTracker;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Following an event from its emission to its acknowledgement. */
@State(Scope.Thread)
public class TrackerBenchmark {

  private static final int WINDOW = 256;

  @Param({"ORDERED", "UNORDERED"})
  Acknowledgement acknowledgement = Acknowledgement.ORDERED;

  private final CommittableOffset[] offsets = new CommittableOffset[WINDOW];
  private final PartitionEpoch epoch = Epochs.of("0");
  private AcknowledgementTracker tracker = newTracker();
  private long next;

  @Setup
  public void begin() {
    tracker = newTracker();
    next = 0;
  }

  private AcknowledgementTracker newTracker() {
    return AcknowledgementTracker.create(
        acknowledgement, new AcknowledgedPosition(-1, "", Map.of(), ""), 10_000);
  }

  /** In the order of their emission. */
  @Benchmark
  @OperationsPerInvocation(WINDOW)
  public long inOrder() {
    emit();
    for (int i = 0; i < WINDOW; i++) {
      tracker.acknowledge(offsets[i]);
    }
    return tracker.acknowledgedSequenceNumber();
  }

  /** The last one first. */
  @Benchmark
  @OperationsPerInvocation(WINDOW)
  public long inReverse() {
    emit();
    for (int i = WINDOW - 1; i >= 0; i--) {
      tracker.acknowledge(offsets[i]);
    }
    return tracker.acknowledgedSequenceNumber();
  }

  private void emit() {
    for (int i = 0; i < WINDOW; i++) {
      CommittableOffset offset = new CommittableOffset(epoch, next++, "4711");
      offsets[i] = offset;
      tracker.emitting(offset, next);
    }
  }
}
