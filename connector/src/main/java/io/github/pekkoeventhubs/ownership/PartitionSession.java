// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * One epoch of one partition: where the stream that emits its events, the committers that
 * acknowledge them and the owner that will hand it over meet.
 *
 * <p>The source stage alone calls {@link #emitted} and {@link #emissionStopped}; committers, on any
 * threads, {@link #acknowledge}, {@link #flush} and the methods about joining; the owner the rest.
 * An acknowledgement costs one compare-and-set and no allocation.
 */
@InternalApi
public final class PartitionSession implements PartitionEpoch {

  private static final AtomicLong NUMBERS = new AtomicLong();

  /** Before the first event. */
  public static final long NONE = Long.MIN_VALUE;

  private final EventHubPartition partition;
  private final long number = NUMBERS.incrementAndGet();
  private final boolean committable;
  private final Function<CommittableOffset, CompletionStage<CommitOutcome>> store;

  private final AtomicReference<@Nullable CommittableOffset> acknowledged = new AtomicReference<>();
  private final AtomicLong emitted = new AtomicLong(NONE);

  /** The source waits for acknowledgements; cleared by the one who wakes it. */
  private volatile @Nullable Runnable waitingForAcknowledgements;

  private volatile boolean draining;
  private volatile boolean over;
  private volatile long validUntilNanos;

  // The rest is guarded by this.
  private final IdentityHashMap<Object, Runnable> committers = new IdentityHashMap<>();
  private boolean committersHadJoined;
  private boolean emissionHasStopped;
  private boolean streamHasFailed;
  private @Nullable Runnable onDrained;

  /**
   * @param committable whether events are acknowledged at all
   * @param store stores an acknowledged position
   */
  PartitionSession(
      EventHubPartition partition,
      boolean committable,
      long validUntilNanos,
      Function<CommittableOffset, CompletionStage<CommitOutcome>> store) {
    this.partition = partition;
    this.committable = committable;
    this.validUntilNanos = validUntilNanos;
    this.store = store;
  }

  @Override
  public EventHubPartition partition() {
    return partition;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public Acknowledgement acknowledgement() {
    return Acknowledgement.ORDERED;
  }

  // The source stage.

  /**
   * Whether events may be emitted at this time: the claim is trusted until it has to be renewed.
   */
  public boolean isValidAt(long nanoTime) {
    return nanoTime - validUntilNanos < 0;
  }

  /** The source is about to emit this event. */
  public void emitted(long sequenceNumber) {
    emitted.lazySet(sequenceNumber);
  }

  /** The last emitted event, or {@link #NONE}. */
  public long lastEmitted() {
    return emitted.get();
  }

  /** The last acknowledged event, or {@link #NONE}. */
  public long lastAcknowledged() {
    CommittableOffset offset = acknowledged.get();
    return offset == null ? NONE : offset.sequenceNumber();
  }

  /** How many events have been emitted and not acknowledged, given the first that was emitted. */
  public long uncommitted(long firstEmitted) {
    if (!committable || firstEmitted == NONE) {
      return 0;
    }
    return lastEmitted() - Math.max(lastAcknowledged(), firstEmitted - 1);
  }

  /**
   * Runs {@code wake} after the next acknowledgement. The caller must look once more after this,
   * since the acknowledgement it waits for may just have come.
   */
  public void whenAcknowledged(Runnable wake) {
    waitingForAcknowledgements = wake;
    VarHandle.fullFence();
  }

  /** The source will emit nothing more of this epoch. Idempotent. */
  public void emissionStopped() {
    signalDrained(() -> emissionHasStopped = true);
  }

  /** The stream has failed: acknowledgements can only come from committers that have joined. */
  public void streamFailed() {
    signalDrained(() -> streamHasFailed = true);
  }

  // Committers.

  @Override
  public void acknowledge(CommittableOffset offset) {
    CommittableOffset current;
    do {
      current = acknowledged.get();
      if (over || (current != null && current.sequenceNumber() >= offset.sequenceNumber())) {
        return;
      }
    } while (!acknowledged.compareAndSet(current, offset));
    Runnable wake = waitingForAcknowledgements;
    if (wake != null) {
      waitingForAcknowledgements = null;
      wake.run();
    }
    if (draining) {
      signalDrained(() -> {});
    }
  }

  @Override
  public CompletionStage<CommitOutcome> flush() {
    if (over) {
      return CompletableFuture.completedFuture(CommitOutcome.DROPPED_NOT_OWNER);
    }
    CommittableOffset offset = acknowledged.get();
    return offset == null
        ? CompletableFuture.completedFuture(CommitOutcome.COMMITTED)
        : store.apply(offset);
  }

  @Override
  public boolean isDraining() {
    return draining;
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public void committerJoined(Object committer, Runnable onDraining) {
    synchronized (this) {
      committersHadJoined = true;
      committers.put(committer, onDraining);
    }
    if (draining) {
      onDraining.run();
    }
  }

  @Override
  public void committerLeft(Object committer) {
    signalDrained(() -> committers.remove(committer));
  }

  // The owner.

  /** The claim is trusted until then; compared with {@link System#nanoTime}. */
  void validUntil(long nanoTime) {
    validUntilNanos = nanoTime;
  }

  /**
   * From now on acknowledgements are stored at once. {@code whenDrained} runs once, on any thread,
   * as soon as emission has stopped and everything that was emitted is acknowledged, or no
   * committer is left that could acknowledge more.
   */
  void beginDraining(Runnable whenDrained) {
    List<Runnable> told;
    synchronized (this) {
      onDrained = whenDrained;
      draining = true;
      told = new ArrayList<>(committers.values());
    }
    told.forEach(Runnable::run);
    signalDrained(() -> {});
  }

  /** Nothing of this epoch is stored from now on. */
  void end() {
    over = true;
    draining = true;
    List<Runnable> told;
    synchronized (this) {
      told = new ArrayList<>(committers.values());
      onDrained = null;
    }
    told.forEach(Runnable::run);
  }

  private void signalDrained(Runnable change) {
    Runnable done = null;
    synchronized (this) {
      change.run();
      if (onDrained != null && isDrained()) {
        done = onDrained;
        onDrained = null;
      }
    }
    if (done != null) {
      done.run();
    }
  }

  private boolean isDrained() {
    if (!emissionHasStopped) {
      return false;
    }
    boolean nothingOpen =
        !committable || lastEmitted() == NONE || lastAcknowledged() >= lastEmitted();
    boolean nobodyLeft = committers.isEmpty() && (committersHadJoined || streamHasFailed);
    return nothingOpen || nobodyLeft;
  }
}
