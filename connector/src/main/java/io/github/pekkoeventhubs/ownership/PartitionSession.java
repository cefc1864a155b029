// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.TrackedEvent;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgedPosition;
import io.github.pekkoeventhubs.acknowledgement.AcknowledgementTracker;
import io.github.pekkoeventhubs.store.CheckpointPosition;
import io.github.pekkoeventhubs.tracing.PartitionTracing;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;

/**
 * One epoch of one partition, shared by the stream that emits its events, the committers that
 * acknowledge them and the owner that will hand it over.
 *
 * <p>The source stage alone calls {@code emitting} and {@link #emissionStopped}; committers, on any
 * threads, {@link #acknowledge}, {@link #flush} and the methods about joining; the owner the rest.
 */
@InternalApi
public final class PartitionSession implements PartitionEpoch {

  /** Before the first event. */
  public static final long NONE = SequenceNumbers.UNKNOWN;

  private final EpochIdentity identity;
  private final boolean committable;
  private final Acknowledgement acknowledgement;
  private final AcknowledgementTracker tracker;

  /** The start of the epoch: the tracker's position before the first acknowledgement. */
  private final AcknowledgedPosition start;

  private final Function<CheckpointPosition, CompletionStage<CommitOutcome>> store;

  /** Written by the source stage; the tracker knows it too, but starts at the checkpoint. */
  private final AtomicLong emitted = new AtomicLong(NONE);

  private final CommitCounters counters;
  private final AcknowledgementProgress progress;
  private final ProcessTimes processTimes;
  private final CompletableFuture<Done> emissionEnd = new CompletableFuture<>();

  private final PartitionTracing tracing;
  private final SessionDrain drain = new SessionDrain(this::unacknowledged);

  private volatile boolean over;
  private volatile boolean startWasAcknowledged;
  private volatile long validUntilNanos;

  /**
   * @param committable whether events are acknowledged at all
   * @param tracker starts at the checkpoint
   * @param validUntilNanos how long the claim is trusted, by the monotonic clock
   * @param counters outlive the epoch
   * @param nanoTime the monotonic clock
   * @param tracing of this epoch
   * @param store stores an acknowledged position
   */
  PartitionSession(
      EpochIdentity identity,
      boolean committable,
      Acknowledgement acknowledgement,
      AcknowledgementTracker tracker,
      long validUntilNanos,
      CommitCounters counters,
      LongSupplier nanoTime,
      PartitionTracing tracing,
      Function<CheckpointPosition, CompletionStage<CommitOutcome>> store) {
    this.identity = identity;
    this.committable = committable;
    this.acknowledgement = acknowledgement;
    this.tracker = tracker;
    this.progress = new AcknowledgementProgress(acknowledgement == Acknowledgement.UNORDERED);
    this.start = tracker.acknowledged();
    this.validUntilNanos = validUntilNanos;
    this.counters = counters;
    this.processTimes =
        new ProcessTimes(
            acknowledgement == Acknowledgement.ORDERED, counters.processTimes(), nanoTime);
    this.tracing = tracing;
    this.store = store;
  }

  @Override
  public EventHubPartition partition() {
    return identity.partition();
  }

  @Override
  public long number() {
    return identity.number();
  }

  @Override
  public OptionalLong fencingToken() {
    return identity.fencingToken();
  }

  @Override
  public Acknowledgement acknowledgement() {
    return acknowledgement;
  }

  // The source stage.

  /** Whether events may be emitted at this time: the claim is trusted for a limited time only. */
  public boolean isValidAt(long nanoTime) {
    return nanoTime - validUntilNanos < 0;
  }

  /** The source emits an event that cannot be acknowledged. */
  public void emitting(long sequenceNumber) {
    emitted.lazySet(sequenceNumber);
  }

  /**
   * The source is about to emit this event.
   *
   * @return false if it was finished before a restart, and is not to be emitted again
   */
  public boolean emitting(TrackedEvent event, long nanoTime) {
    emitted.lazySet(event.sequenceNumber());
    boolean emits = tracker.emitting(event, nanoTime);
    if (emits) {
      processTimes.emitting(event.sequenceNumber(), nanoTime);
    }
    return emits;
  }

  /** The tracing of the events that are to be acknowledged. */
  public PartitionTracing tracing() {
    return tracing;
  }

  /** How many events the source may emit before it has to wait for acknowledgements. */
  public long room() {
    return committable ? tracker.room() : Long.MAX_VALUE;
  }

  /** Whether the source must wait for acknowledgements before it emits more. */
  public boolean isFull() {
    return room() <= 0;
  }

  /**
   * Runs {@code wake} after the next acknowledgement. The caller must look once more after this,
   * since the acknowledgement it waits for may just have come.
   */
  public void whenAcknowledged(Runnable wake) {
    progress.whenAcknowledged(wake);
  }

  /** The source will emit nothing more of this epoch. Idempotent. */
  public void emissionStopped() {
    // The owner is told of this before it is told that the session is drained.
    emissionEnd.complete(Done.getInstance());
    drain.emissionStopped();
  }

  /**
   * The source that has emitted the events has ended.
   *
   * @param failed whether the stream has failed: only what was passed on by then can still be
   *     acknowledged
   */
  public void sourceEnded(long nanoTime, boolean failed) {
    drain.sourceEnded(nanoTime, failed);
    if (failed) {
      tracing.streamFailed();
    }
  }

  // Committers.

  @Override
  public void acknowledge(TrackedEvent event) {
    if (over) {
      counters.dropped(1);
      return;
    }
    if (tracker.acknowledge(event)) {
      processTimes.acknowledged(event.sequenceNumber());
      progress.acknowledged();
      tracing.acknowledged(event.sequenceNumber());
      drain.acknowledged();
    }
  }

  @Override
  public long newlyAcknowledged(TrackedEvent event, long counted) {
    return over || !committable ? counted : tracker.newlyAcknowledged(event, counted);
  }

  @Override
  public void dropped(long events) {
    counters.dropped(events);
  }

  @Override
  public void skipped(TrackedEvent event) {
    counters.skipped();
    if (!over) {
      processTimes.skipped(event.sequenceNumber());
      tracker.skip(event);
      progress.skipped();
      tracing.skipped(event.sequenceNumber());
      drain.acknowledged();
    }
  }

  @Override
  public int maxUncommitted() {
    return tracker.bound();
  }

  @Override
  public CompletionStage<CommitOutcome> flush() {
    if (over) {
      return CompletableFuture.completedFuture(CommitOutcome.DROPPED_NOT_OWNER);
    }
    if (!committable) {
      return CompletableFuture.completedFuture(CommitOutcome.COMMITTED);
    }
    // The revision first: gaps that a later acknowledgement adds are then written once more.
    long revision = progress.flushing();
    AcknowledgedPosition position = tracker.acknowledged();
    // Without an acknowledgement the start is no progress: it may lie far beyond the checkpoint.
    // The same holds for a start without an offset, which comes from a checkpoint that had none.
    return !hasAcknowledged(position) || position.offset().isBlank()
        ? CompletableFuture.completedFuture(CommitOutcome.COMMITTED)
        : store.apply(
            new CheckpointPosition(
                position.sequenceNumber(),
                position.offset(),
                position.metadata(),
                position.gapMap(),
                revision));
  }

  @Override
  public boolean isDraining() {
    return drain.hasBegun();
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public void committerJoined(Object committer, Runnable onDraining) {
    drain.committerJoined(committer, onDraining);
  }

  @Override
  public void committerLeft(Object committer) {
    drain.committerLeft(committer);
  }

  @Override
  public void holdDrain() {
    drain.hold();
  }

  @Override
  public void releaseDrain() {
    drain.release();
  }

  // The owner.

  /** The last event that was emitted, or {@link #NONE}. */
  public long lastEmitted() {
    return emitted.get();
  }

  /** The last event of the unbroken run of acknowledged ones, or {@link #NONE}. */
  public long lastAcknowledged() {
    return tracker.acknowledgedSequenceNumber();
  }

  /** Returns the checkpoint that should be stored now. */
  AcknowledgedPosition acknowledged() {
    return tracker.acknowledged();
  }

  /** Whether {@link #acknowledged} is more than the position that this stream was to start at. */
  boolean hasAcknowledged() {
    return hasAcknowledged(tracker.acknowledged());
  }

  /** A drain does not wait for acknowledgements that a failed stream has lost. */
  void checkLateAcknowledgements(long nanoTime) {
    drain.checkLateAcknowledgements(nanoTime);
  }

  /** Whether an event was acknowledged here or, without acknowledgements, emitted. */
  boolean hasProgressed() {
    return committable ? !tracker.acknowledged().equals(start) : lastEmitted() != NONE;
  }

  private boolean hasAcknowledged(AcknowledgedPosition position) {
    return startWasAcknowledged || !position.equals(start);
  }

  /** Whether no committer may have stored that the position has passed skipped events. */
  boolean hasUnstoredSkips() {
    return progress.hasUnstoredSkips();
  }

  /** The start was acknowledged in an earlier epoch, and may not be stored yet. */
  void startWasAcknowledged() {
    startWasAcknowledged = true;
  }

  /** Completes when the source emits nothing more of this epoch. */
  CompletionStage<Done> whenEmissionStopped() {
    return emissionEnd;
  }

  /** How many events are emitted and not acknowledged. */
  public long unacknowledged() {
    return committable ? tracker.unacknowledged() : 0;
  }

  /** For how long the oldest of them has been waiting. */
  public Duration oldestUnacknowledgedAge(long nanoTime) {
    return committable ? tracker.oldestUnacknowledgedAge(nanoTime) : Duration.ZERO;
  }

  /** How many events are acknowledged beyond the unbroken run of acknowledged ones. */
  public long acknowledgedAhead() {
    return committable ? tracker.acknowledgedAhead() : 0;
  }

  /**
   * Counts as dropped the acknowledgements after this checkpoint, which can no longer be stored.
   *
   * @param stored the sequence number of the checkpoint in the store
   */
  void countUnstored(long stored) {
    long acknowledged = lastAcknowledged();
    if (committable && acknowledged > stored) {
      counters.dropped(acknowledged - stored);
    }
  }

  /** The claim is trusted until then. */
  void validUntil(long nanoTime) {
    validUntilNanos = nanoTime;
  }

  /**
   * From now on acknowledgements are stored at once. {@code whenDrained} runs once, on any thread,
   * as soon as emission has stopped and everything that was emitted is acknowledged, or no
   * committer is left that could acknowledge more, or nothing comes any more from a failed stream.
   */
  void beginDraining(Runnable whenDrained) {
    drain.begin(whenDrained);
  }

  /** Nothing of this epoch is stored from now on. */
  void end() {
    over = true;
    tracing.ended();
    drain.end();
  }
}
