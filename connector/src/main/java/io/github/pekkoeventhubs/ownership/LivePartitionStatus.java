// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ConsumerStatus.AcknowledgementFigures;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import io.github.pekkoeventhubs.life.Trouble;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The status of one partition in one stream, as it is now. Its owner writes it, and any thread may
 * read it. It outlives the owners: a partition that comes back goes on with its counts.
 */
@InternalApi
public final class LivePartitionStatus {

  private final EventHubPartition partition;
  private final LongSupplier nanoTime;
  private final InstantSource clock;
  private final CommitCounters counters = new CommitCounters();
  private volatile OwnerState state = OwnerState.WAITING;
  private volatile String ownerId = "";
  private volatile @Nullable PartitionSession session;
  private volatile @Nullable PartitionRun run;
  private volatile @Nullable Long committed;
  private volatile @Nullable Long lastEnqueued;
  private volatile long behindSinceNanos;

  /** The last error of each kind of trouble that has not ended, the latest at the end. */
  private volatile List<Problem> problems = List.of();

  private record Problem(Trouble trouble, String text, Instant time) {}

  /**
   * Begins as that of a partition which is not claimed yet.
   *
   * @param nanoTime measures time spans
   * @param clock says when errors happened, for people to read; nothing is decided by it
   */
  public LivePartitionStatus(
      EventHubPartition partition, LongSupplier nanoTime, InstantSource clock) {
    this.partition = partition;
    this.nanoTime = nanoTime;
    this.clock = clock;
    this.behindSinceNanos = nanoTime.getAsLong();
  }

  /** Counts over all epochs. */
  CommitCounters counters() {
    return counters;
  }

  /** The life of the partition has this state now. */
  void follow(State life, Link link) {
    state =
        switch (life) {
          case LOOKING, WAITING -> OwnerState.WAITING;
          case HOLDING -> OwnerState.LOST;
          case CLAIMING, FENCING -> OwnerState.CLAIMING;
          case RUNNING -> link == Link.ATTACHED ? OwnerState.RUNNING : OwnerState.RECONNECTING;
          case DRAINING, USER_FINISHING, ACKNOWLEDGING, FLUSHING, RELEASING -> OwnerState.DRAINING;
          case PARKED, STOPPED -> OwnerState.RELEASED;
        };
    if (state == OwnerState.RELEASED) {
      forget();
    }
  }

  /** The partition is not the stream's any more. */
  void released() {
    state = OwnerState.RELEASED;
    forget();
  }

  private void forget() {
    session = null;
    run = null;
    committed = null;
    lastEnqueued = null;
    problems = List.of();
  }

  /** Whether the stream has nothing to do with the partition now. */
  public boolean isReleased() {
    return state == OwnerState.RELEASED;
  }

  void owner(String id) {
    ownerId = id;
  }

  void running(PartitionSession newSession, PartitionRun newRun) {
    session = newSession;
    run = newRun;
    problems = List.of();
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

  /** Begins a trouble: the part concerned has failed. Called by the owner's thread alone. */
  void trouble(Trouble trouble, Throwable error) {
    String text =
        error.getMessage() == null ? error.getClass().getSimpleName() : error.getMessage();
    List<Problem> others = without(trouble);
    others.add(new Problem(trouble, text, clock.instant()));
    problems = List.copyOf(others);
  }

  /** Ends a trouble: the part concerned works again. Called by the owner's thread alone. */
  void works(Trouble trouble) {
    problems = List.copyOf(without(trouble));
  }

  private List<Problem> without(Trouble trouble) {
    List<Problem> others = new ArrayList<>(problems);
    others.removeIf(problem -> problem.trouble() == trouble);
    return others;
  }

  /** The status at this moment. */
  public PartitionStatus snapshot() {
    PartitionSession currentSession = session;
    PartitionRun currentRun = run;
    long emitted = currentSession == null ? PartitionSession.NONE : currentSession.lastEmitted();
    long acknowledged =
        currentSession == null ? PartitionSession.NONE : currentSession.lastAcknowledged();
    long received = currentRun == null ? PartitionSession.NONE : currentRun.lastReceived();
    Long stored = committed;
    List<Problem> current = problems;
    Optional<Problem> last =
        current.isEmpty() ? Optional.empty() : Optional.of(current.get(current.size() - 1));
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
        last.map(Problem::text),
        last.map(Problem::time),
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

  /**
   * Returns the last known event of the partition: the last one received, or a later one that the
   * service named when it was last asked.
   */
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
