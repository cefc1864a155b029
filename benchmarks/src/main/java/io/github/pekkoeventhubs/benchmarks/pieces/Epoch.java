// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.pieces;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A partition whose acknowledgements go nowhere. */
public record Epoch(EventHubPartition partition, Acknowledgement acknowledgement)
    implements PartitionEpoch {

  public Epoch(String partitionId, Acknowledgement acknowledgement) {
    this(new EventHubPartition("localhost", "hub", "group", partitionId), acknowledgement);
  }

  @Override
  public long number() {
    return 1;
  }

  @Override
  public void acknowledge(CommittableOffset offset) {}

  @Override
  public CompletionStage<CommitOutcome> flush() {
    return CompletableFuture.completedFuture(CommitOutcome.COMMITTED);
  }

  @Override
  public boolean isDraining() {
    return false;
  }

  @Override
  public boolean isOver() {
    return false;
  }

  @Override
  public void committerJoined(Object committer, Runnable onDraining) {}

  @Override
  public void committerLeft(Object committer) {}
}
