// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgementTracker;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Epochs without an owner, whose store answers at once: for measuring what is around them. */
public final class SyntheticSessions {

  private static final long FOR_EVER = Long.MAX_VALUE / 4;

  private SyntheticSessions() {}

  /** An epoch that begins before the first event of the partition. */
  public static PartitionSession session(EventHubPartition partition, int maxUncommitted) {
    return new PartitionSession(
        EpochIdentity.next(partition, OptionalLong.empty()),
        true,
        Acknowledgement.ORDERED,
        AcknowledgementTracker.create(
            Acknowledgement.ORDERED,
            new AcknowledgedPosition(-1, "", Map.of(), ""),
            maxUncommitted),
        System.nanoTime() + FOR_EVER,
        new CommitCounters(),
        System::nanoTime,
        PartitionTracing.NONE,
        position -> CompletableFuture.completedFuture(CommitOutcome.COMMITTED));
  }
}
