// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.pieces;

import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.PartitionEpoch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Adding offsets to a batch one by one, as users do who batch themselves. */
@State(Scope.Thread)
public class OffsetBatchBenchmark {

  private static final int OFFSETS = 1024;

  @Param({"1", "32"})
  int partitions = 1;

  private final CommittableOffset[] offsets = new CommittableOffset[OFFSETS];

  @Setup
  public void begin() {
    PartitionEpoch[] epochs = new PartitionEpoch[partitions];
    for (int i = 0; i < partitions; i++) {
      epochs[i] = Epochs.of(Integer.toString(i));
    }
    for (int i = 0; i < OFFSETS; i++) {
      offsets[i] = new CommittableOffset(epochs[i % partitions], i, "4711");
    }
  }

  @Benchmark
  @OperationsPerInvocation(OFFSETS)
  public CommittableOffsetBatch updated() {
    CommittableOffsetBatch batch = CommittableOffsetBatch.empty();
    for (CommittableOffset offset : offsets) {
      batch = batch.updated(offset);
    }
    return batch;
  }
}
