// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.pieces;

import com.typesafe.config.ConfigFactory;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.commit.SyntheticFlushes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/**
 * Measures a committer's work for an offset between two flushes, and the bookkeeping of flushes.
 */
@State(Scope.Thread)
public class FlushPolicyBenchmark {

  private static final int OFFSETS = 1000;

  private final PartitionEpoch epoch = Epochs.of("0");
  private final SyntheticFlushes flushes =
      new SyntheticFlushes(
          CommitterSettings.create(
              ConfigFactory.defaultReference().getConfig(CommitterSettings.CONFIG_PATH)),
          epoch);
  private final CommittableOffset[] offsets = offsets(epoch);

  private static CommittableOffset[] offsets(PartitionEpoch epoch) {
    CommittableOffset[] offsets = new CommittableOffset[OFFSETS];
    for (int i = 0; i < OFFSETS; i++) {
      offsets[i] = new CommittableOffset(epoch, i, "4711");
    }
    return offsets;
  }

  @Benchmark
  @OperationsPerInvocation(OFFSETS)
  public long observe() {
    return flushes.observe(offsets);
  }
}
