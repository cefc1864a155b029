// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgementTracker;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** Makes sessions, and does to them what only an owner may. */
public final class TestSessions {

  /** Later than any time a test reads. */
  public static final long FOR_EVER = Long.MAX_VALUE / 4;

  private TestSessions() {}

  /** That starts before the first event and is told to store nothing. */
  public static PartitionSession session(
      String partitionId, boolean committable, int maxUncommitted) {
    return session(
        partitionId,
        committable,
        Acknowledgement.ORDERED,
        maxUncommitted,
        position -> CompletableFuture.completedFuture(CommitOutcome.COMMITTED));
  }

  public static PartitionSession session(
      String partitionId,
      boolean committable,
      Acknowledgement acknowledgement,
      int maxUncommitted,
      Function<CheckpointPosition, CompletionStage<CommitOutcome>> store) {
    return session(
        partitionId, committable, acknowledgement, maxUncommitted, new CommitCounters(), store);
  }

  static PartitionSession session(
      String partitionId,
      boolean committable,
      Acknowledgement acknowledgement,
      int maxUncommitted,
      CommitCounters counters,
      Function<CheckpointPosition, CompletionStage<CommitOutcome>> store) {
    return session(
        partitionId,
        committable,
        acknowledgement,
        new AcknowledgedPosition(-1, "", Map.of(), ""),
        maxUncommitted,
        counters,
        store);
  }

  static PartitionSession session(
      String partitionId,
      boolean committable,
      Acknowledgement acknowledgement,
      AcknowledgedPosition start,
      int maxUncommitted,
      CommitCounters counters,
      Function<CheckpointPosition, CompletionStage<CommitOutcome>> store) {
    return new PartitionSession(
        EpochIdentity.next(
            new EventHubPartition("ns.servicebus.windows.net", "orders", "$Default", partitionId),
            OptionalLong.of(1)),
        committable,
        acknowledgement,
        AcknowledgementTracker.create(acknowledgement, start, maxUncommitted),
        FOR_EVER,
        counters,
        System::nanoTime,
        PartitionTracing.NONE,
        store);
  }

  /** The owner's claim is trusted until then. */
  public static void validUntil(PartitionSession session, long nanoTime) {
    session.validUntil(nanoTime);
  }

  /** The owner hands the partition over. */
  public static void drain(PartitionSession session, Runnable whenDrained) {
    session.beginDraining(whenDrained);
  }

  /** The owner looks whether anything comes any more from a stream that has failed. */
  public static void checkLateAcknowledgements(PartitionSession session, long nanoTime) {
    session.checkLateAcknowledgements(nanoTime);
  }

  /** The epoch is over. */
  public static void end(PartitionSession session) {
    session.end();
  }
}
