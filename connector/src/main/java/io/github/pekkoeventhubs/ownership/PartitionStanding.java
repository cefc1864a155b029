// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ConsumerStatus.AcknowledgementFigures;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.EventHubPartition;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * Where a partition stands, kept by its owner for whoever asks. Written by the owner alone, read
 * from any thread.
 */
@InternalApi
public final class PartitionStanding {

  private final EventHubPartition partition;
  private final LongSupplier nanoTime;
  private final CommitCounters counters = new CommitCounters();
  private volatile OwnerState state = OwnerState.WAITING;
  private volatile String ownerId = "";
  private volatile @Nullable PartitionSession session;
  private volatile ConsumerStream.@Nullable PartitionRun run;
  private volatile @Nullable Long committed;
  private volatile @Nullable Long lastEnqueued;
  private volatile @Nullable String lastError;
  private volatile long behindSinceNanos;

  /** For a partition that is not claimed yet. */
  public PartitionStanding(EventHubPartition partition, LongSupplier nanoTime) {
    this.partition = partition;
    this.nanoTime = nanoTime;
    this.behindSinceNanos = nanoTime.getAsLong();
  }

  /** Counts over all epochs. */
  CommitCounters counters() {
    return counters;
  }

  void state(OwnerState value) {
    state = value;
  }

  void owner(String id) {
    ownerId = id;
  }

  void running(PartitionSession newSession, ConsumerStream.PartitionRun newRun) {
    session = newSession;
    run = newRun;
    behindSinceNanos = nanoTime.getAsLong();
  }

  void committed(long sequenceNumber) {
    committed = sequenceNumber;
    behindSinceNanos = nanoTime.getAsLong();
  }

  /** The epoch is over, and stores nothing more. */
  void ended(PartitionSession ending) {
    Long stored = committed;
    if (stored != null) {
      ending.countUnstored(stored);
    }
  }

  void lastEnqueued(long sequenceNumber) {
    lastEnqueued = sequenceNumber;
  }

  void error(Throwable error) {
    lastError = error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
  }

  /** Where the partition stands now. */
  public PartitionStatus snapshot() {
    PartitionSession currentSession = session;
    ConsumerStream.PartitionRun currentRun = run;
    long emitted = currentSession == null ? PartitionSession.NONE : currentSession.lastEmitted();
    long acknowledged =
        currentSession == null ? PartitionSession.NONE : currentSession.lastAcknowledged();
    long received = currentRun == null ? PartitionSession.NONE : currentRun.lastReceived();
    Long stored = committed;
    boolean behind =
        emitted != PartitionSession.NONE && (stored == null || stored.longValue() < emitted);
    return new PartitionStatus(
        partition,
        state,
        ownerId,
        known(received),
        known(emitted),
        known(acknowledged),
        known(stored),
        lastKnown(received),
        currentSession == null ? 0 : currentSession.unacknowledged(),
        behind
            ? Optional.of(Duration.ofNanos(nanoTime.getAsLong() - behindSinceNanos))
            : Optional.empty(),
        Optional.ofNullable(lastError),
        figures(currentSession));
  }

  private AcknowledgementFigures figures(@Nullable PartitionSession current) {
    Duration oldest =
        current == null || current.isOver()
            ? Duration.ZERO
            : current.oldestUnacknowledgedAge(nanoTime.getAsLong());
    return new AcknowledgementFigures(
        oldest.isZero() ? Optional.empty() : Optional.of(oldest),
        current == null ? 0 : current.acknowledgedAhead(),
        counters.skippedEvents(),
        counters.dropped());
  }

  /** What arrives is enqueued; the service is asked now and then. */
  private OptionalLong lastKnown(long received) {
    Long asked = lastEnqueued;
    return asked == null ? known(received) : OptionalLong.of(Math.max(asked, received));
  }

  private static OptionalLong known(long value) {
    return value == PartitionSession.NONE ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static OptionalLong known(@Nullable Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
