// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ConsumerStatus.AcknowledgementFigures;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionMoves;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.continuity.PartitionRange;
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
import java.util.Set;
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
  private final ContinuityCounters continuity = new ContinuityCounters();
  private final PartitionTraffic traffic = new PartitionTraffic();
  private volatile OwnerState state = OwnerState.WAITING;
  private volatile WaitsFor waitsInState = WaitsFor.CLAIM;
  private volatile String claimedBy = "";
  private volatile String ownerId = "";
  private volatile @Nullable PartitionSession session;
  private volatile @Nullable PartitionRun run;
  private volatile Positions lastPositions = Positions.UNKNOWN;
  private volatile @Nullable Long committed;
  private volatile @Nullable End lastEnqueued;
  private volatile long behindSinceNanos;

  /** The last error of each kind of trouble that has not ended, the latest at the end. */
  private volatile List<Problem> problems = List.of();

  /**
   * The end of the partition as the service has named it.
   *
   * @param empty whether none of the events up to there is left
   * @param contradictory whether more had arrived before: then it is shown as it is
   */
  private record End(long sequenceNumber, boolean empty, boolean contradictory) {}

  /** The figures of an epoch that has ended. Its events and offsets are not kept. */
  private record Positions(long received, long emitted, long acknowledged) {

    static final Positions UNKNOWN =
        new Positions(PartitionSession.NONE, PartitionSession.NONE, PartitionSession.NONE);
  }

  private record Problem(Trouble trouble, WaitsFor waitsFor, String text, Instant time) {}

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

  /** Counts over all epochs. */
  ContinuityCounters continuity() {
    return continuity;
  }

  /** Counts over all epochs. */
  PartitionTraffic traffic() {
    return traffic;
  }

  /** How often the partition has come and gone. */
  public PartitionMoves moves() {
    return traffic.moves();
  }

  /** The life of the partition has this state now. */
  void follow(State life, Link link) {
    waitsInState = WaitingReasons.ofState(life, link);
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
    forgetEpoch();
    lastPositions = Positions.UNKNOWN;
    committed = null;
    lastEnqueued = null;
    claimedBy = "";
    problems = List.of();
  }

  /** Whether the stream has nothing to do with the partition now. */
  public boolean isReleased() {
    return state == OwnerState.RELEASED;
  }

  void owner(String id) {
    ownerId = id;
  }

  /** Somebody else has the partition now; an empty id if nobody has. */
  void claimedBy(String owner) {
    claimedBy = owner;
  }

  void running(PartitionSession newSession, PartitionRun newRun) {
    run = newRun;
    session = newSession;
    traffic.begins(newRun);
    problems = List.of();
    claimedBy = "";
    behindSinceNanos = nanoTime.getAsLong();
  }

  void committed(long sequenceNumber) {
    committed = sequenceNumber;
    behindSinceNanos = nanoTime.getAsLong();
  }

  /** The epoch is over, and stores nothing more. Only what it has come to is remembered. */
  void ended(PartitionSession ending) {
    Long stored = committed;
    if (stored != null) {
      ending.countUnstored(stored);
    }
    lastPositions = positions(session, run);
    traffic.ends();
    forgetEpoch();
  }

  private void forgetEpoch() {
    session = null;
    run = null;
  }

  private Positions positions(
      @Nullable PartitionSession currentSession, @Nullable PartitionRun currentRun) {
    return currentSession == null || currentRun == null
        ? lastPositions
        : new Positions(
            currentRun.lastReceived(),
            currentSession.lastEmitted(),
            currentSession.lastAcknowledged());
  }

  /**
   * The service has named the end of the partition.
   *
   * @param contradictory whether it is not the partition of which more had arrived before
   */
  void describedAs(PartitionRange range, boolean contradictory) {
    lastEnqueued = new End(range.last(), range.empty(), contradictory);
  }

  /** Begins a trouble: the part concerned has failed. Called by the owner's thread alone. */
  void trouble(Trouble trouble, Throwable error) {
    String text = StageFailure.messageOf(error);
    List<Problem> others = without(trouble);
    others.add(
        new Problem(trouble, WaitingReasons.ofTrouble(trouble, error), text, clock.instant()));
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
    Positions positions = positions(currentSession, currentRun);
    long emitted = positions.emitted();
    long received = positions.received();
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
        known(positions.acknowledged()),
        known(stored),
        lastKnown(known(received), known(stored)),
        currentSession == null ? 0 : currentSession.unacknowledged(),
        behind
            ? Optional.of(Duration.ofNanos(nanoTime.getAsLong() - behindSinceNanos))
            : Optional.empty(),
        last.map(Problem::text),
        last.map(Problem::time),
        figures(currentSession),
        waitsFor(currentSession, currentRun),
        Optional.of(claimedBy).filter(owner -> !owner.isEmpty()),
        continuity.missed().sum(),
        continuity.undecodable().sum(),
        traffic.activity());
  }

  private WaitsFor waitsFor(
      @Nullable PartitionSession currentSession, @Nullable PartitionRun currentRun) {
    return switch (state) {
      case WAITING, CLAIMING -> lastTroubleOr(waitsInState, Trouble.CLAIM);
      case RUNNING ->
          currentSession == null || currentRun == null
              ? waitsInState
              : waitsForWhileRunning(currentSession, currentRun);
      case RECONNECTING ->
          waitsInState == WaitsFor.STORE ? waitsInState : lastTroubleOr(waitsInState, Trouble.LINK);
      case DRAINING, RELEASED, LOST -> waitsInState;
    };
  }

  private WaitsFor waitsForWhileRunning(PartitionSession current, PartitionRun currentRun) {
    if (!current.isValidAt(nanoTime.getAsLong())) {
      return lastTroubleOr(WaitsFor.STORE, Trouble.RENEWAL);
    }
    WaitsFor inStream = current.isFull() ? WaitsFor.ACKNOWLEDGEMENTS : currentRun.waitsFor();
    // Nothing can come while the link or the service is in trouble.
    return inStream == WaitsFor.EVENTS
        ? lastTroubleOr(inStream, Trouble.LINK, Trouble.SERVICE)
        : inStream;
  }

  private WaitsFor lastTroubleOr(WaitsFor otherwise, Trouble... kinds) {
    Set<Trouble> counting = Set.of(kinds);
    return problems.stream()
        .filter(problem -> counting.contains(problem.trouble()))
        .map(Problem::waitsFor)
        .reduce(otherwise, (earlier, later) -> later);
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
        counters.dropped(),
        counters.processTimes().distribution());
  }

  /**
   * Returns the last known event of the partition: the last one received, or a later one that the
   * service named when it was last asked. An empty partition had nothing to read after the last one
   * received or, before the first one, after the checkpoint.
   */
  private OptionalLong lastKnown(OptionalLong received, OptionalLong stored) {
    End asked = lastEnqueued;
    if (asked == null) {
      return received;
    }
    OptionalLong reached = received.isPresent() ? received : stored;
    if (asked.empty() && reached.orElse(Long.MAX_VALUE) <= asked.sequenceNumber()) {
      return reached;
    }
    return OptionalLong.of(
        asked.contradictory()
            ? asked.sequenceNumber()
            : Math.max(asked.sequenceNumber(), received.orElse(PartitionSession.NONE)));
  }

  private static OptionalLong known(long value) {
    return value == PartitionSession.NONE ? OptionalLong.empty() : OptionalLong.of(value);
  }

  private static OptionalLong known(@Nullable Long value) {
    return value == null ? OptionalLong.empty() : OptionalLong.of(value);
  }
}
