// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.TrackedEvent;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** An epoch whose commits all succeed, and which keeps nothing. */
record AcceptingEpoch(EventHubPartition partition, long number) implements PartitionEpoch {

  @Override
  public OptionalLong fencingToken() {
    return OptionalLong.of(number);
  }

  @Override
  public Acknowledgement acknowledgement() {
    return Acknowledgement.ORDERED;
  }

  @Override
  public void acknowledge(TrackedEvent event) {}

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
