// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An epoch whose store answers when, and as, a test says. It records what a committer does to it.
 */
public final class ControllableEpoch implements PartitionEpoch {

  private final EventHubPartition partition;
  private final long number;
  private final Acknowledgement acknowledgement;
  private final List<Long> acknowledged = new CopyOnWriteArrayList<>();
  private final List<List<Long>> flushes = new CopyOnWriteArrayList<>();
  private final Deque<CompletableFuture<CommitOutcome>> unanswered = new ArrayDeque<>();
  private final Set<Object> committers = ConcurrentHashMap.newKeySet();
  private final List<Runnable> drainingListeners = new CopyOnWriteArrayList<>();
  private volatile int flushesAtOnce;
  private volatile int mostFlushesAtOnce;
  private final AtomicInteger joins = new AtomicInteger();
  private final AtomicInteger drainHolds = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private volatile boolean answersAtOnce;
  private volatile @Nullable Throwable refusal;
  private volatile boolean draining;
  private volatile boolean over;
  private volatile boolean askedWhetherItIsOver;
  private volatile @Nullable RuntimeException thrownOnFlush;
  private volatile Runnable onAcknowledgement = () -> {};

  public ControllableEpoch(String partitionId, long number, Acknowledgement acknowledgement) {
    this.partition =
        new EventHubPartition("test.servicebus.windows.net", "orders", "$Default", partitionId);
    this.number = number;
    this.acknowledgement = acknowledgement;
  }

  public static ControllableEpoch ofPartition(String partitionId) {
    return new ControllableEpoch(partitionId, 1, Acknowledgement.ORDERED);
  }

  /** From now on every flush is answered at once. */
  public ControllableEpoch answeringAtOnce() {
    answersAtOnce = true;
    return this;
  }

  /** From now on every flush fails at once. */
  public ControllableEpoch refusingAtOnce(Throwable cause) {
    refusal = cause;
    return this;
  }

  public void throwingOnFlush(RuntimeException exception) {
    thrownOnFlush = exception;
  }

  /** Runs on the committer's thread when an offset has been acknowledged. */
  public void onAcknowledgement(Runnable action) {
    onAcknowledgement = action;
  }

  public CommittableOffset offset(long sequenceNumber) {
    return new CommittableOffset(this, sequenceNumber, "offset-" + sequenceNumber);
  }

  /** The store answers the oldest open flush. */
  public void answer(CommitOutcome outcome) {
    next().complete(outcome);
  }

  /** The store refuses the oldest open flush for good. */
  public void refuse(Throwable cause) {
    next().completeExceptionally(cause);
  }

  /** The store answers all open flushes, and those to come. */
  public void answerEverything() {
    answersAtOnce = true;
    while (unansweredFlushes() > 0) {
      answer(CommitOutcome.COMMITTED);
    }
  }

  private CompletableFuture<CommitOutcome> next() {
    synchronized (unanswered) {
      flushesAtOnce--;
      return unanswered.remove();
    }
  }

  public void startDraining() {
    draining = true;
    drainingListeners.forEach(Runnable::run);
  }

  public void end() {
    over = true;
  }

  /** The sequence numbers that were acknowledged, in the order of the calls. */
  public List<Long> acknowledgedNumbers() {
    return List.copyOf(acknowledged);
  }

  /** The acknowledged offsets at the time of each flush request. */
  public List<List<Long>> flushes() {
    return List.copyOf(flushes);
  }

  public int unansweredFlushes() {
    synchronized (unanswered) {
      return unanswered.size();
    }
  }

  public boolean wasAskedWhetherItIsOver() {
    return askedWhetherItIsOver;
  }

  public int mostFlushesAtOnce() {
    return mostFlushesAtOnce;
  }

  public int joins() {
    return joins.get();
  }

  /** How many committers have joined and not left. */
  public int committers() {
    return committers.size();
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
    return acknowledgement;
  }

  @Override
  public void acknowledge(TrackedEvent event) {
    acknowledged.add(event.sequenceNumber());
    onAcknowledgement.run();
  }

  @Override
  public CompletionStage<CommitOutcome> flush() {
    RuntimeException thrown = thrownOnFlush;
    if (thrown != null) {
      throw thrown;
    }
    CompletableFuture<CommitOutcome> answer = new CompletableFuture<>();
    synchronized (unanswered) {
      flushes.add(List.copyOf(acknowledged));
      Throwable refused = refusal;
      if (refused != null) {
        return CompletableFuture.failedFuture(refused);
      }
      if (answersAtOnce) {
        answer.complete(CommitOutcome.COMMITTED);
        return answer;
      }
      unanswered.add(answer);
      flushesAtOnce++;
      mostFlushesAtOnce = Math.max(mostFlushesAtOnce, flushesAtOnce);
    }
    return answer;
  }

  @Override
  public boolean isDraining() {
    return draining;
  }

  @Override
  public boolean isOver() {
    askedWhetherItIsOver = true;
    return over;
  }

  @Override
  public void committerJoined(Object committer, Runnable onDraining) {
    joins.incrementAndGet();
    committers.add(committer);
    drainingListeners.add(onDraining);
    if (draining) {
      onDraining.run();
    }
  }

  @Override
  public void committerLeft(Object committer) {
    committers.remove(committer);
  }

  @Override
  public void holdDrain() {
    drainHolds.incrementAndGet();
  }

  @Override
  public void releaseDrain() {
    drainHolds.decrementAndGet();
  }

  /** How many stages hold what is committed and not emitted. */
  public int drainHolds() {
    return drainHolds.get();
  }

  @Override
  public void dropped(long events) {
    dropped.addAndGet(events);
  }

  /** How many events the committer has reported as dropped. */
  public long droppedEvents() {
    return dropped.get();
  }
}
