// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.CheckpointWriteException;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredCheckpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;

/**
 * Stores the position of one partition during one epoch. At most one write is under way; positions
 * that arrive meanwhile become one write, of the newest of them, and a write that fails for a
 * passing reason is tried again with the newest position known by then. The stored position never
 * goes back.
 *
 * <p>A claim that is gone is an outcome, not a failure. A write still under way when this is closed
 * may be applied later or not; its version keeps it from harming a successor.
 *
 * <p>Thread-safe. Results and the {@link WriteListener} run on the executor, or on the thread that
 * calls {@link #close()}, and never under a lock.
 */
@InternalApi
public final class PartitionCheckpointer {

  private final EventHubPartition partition;
  private final CheckpointWriter writer;
  private final WriteRetry retry;
  private final Scheduler scheduler;
  private final Executor executor;
  private final ExecutionContext schedulerContext;
  private final WriteListener listener;
  private final LongSupplier nanoTime;
  private final DoubleSupplier random;

  private final AtomicLong coalesced = new AtomicLong();
  private final Object lock = new Object();

  // All below is guarded by the lock.
  private @Nullable Write underWay;
  private @Nullable Write next;
  private @Nullable WaitingWrite waitingWrite;
  private @Nullable Throwable lastFailure;
  private int failures;
  private boolean hurried;
  private boolean over;

  /** Stores nothing by itself. */
  public PartitionCheckpointer(
      EventHubPartition partition,
      CheckpointWriter writer,
      WriteRetry retry,
      Scheduler scheduler,
      Executor executor,
      WriteListener listener) {
    this(
        partition,
        writer,
        retry,
        scheduler,
        executor,
        listener,
        System::nanoTime,
        () -> ThreadLocalRandom.current().nextDouble());
  }

  PartitionCheckpointer(
      EventHubPartition partition,
      CheckpointWriter writer,
      WriteRetry retry,
      Scheduler scheduler,
      Executor executor,
      WriteListener listener,
      LongSupplier nanoTime,
      DoubleSupplier random) {
    this.partition = partition;
    this.writer = writer;
    this.retry = retry;
    this.scheduler = scheduler;
    this.executor = executor;
    this.schedulerContext = ExecutionContext.fromExecutor(executor);
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.random = random;
  }

  /**
   * Stores the position, unless it or a later one is stored already.
   *
   * @return completes when the store holds it, or a later one; with {@link
   *     CommitOutcome#DROPPED_NOT_OWNER} when the claim is gone or this is closed; fails with
   *     {@link CheckpointWriteException} when the store cannot be written for a lasting reason or
   *     for too long, and with {@link io.github.pekkoeventhubs.ConcurrentCheckpointException} or
   *     {@link io.github.pekkoeventhubs.CheckpointUnreadableException} for those reasons
   */
  public CompletionStage<CommitOutcome> store(CheckpointPosition position) {
    CompletableFuture<CommitOutcome> result = new CompletableFuture<>();
    Write first = null;
    synchronized (lock) {
      if (over) {
        result.complete(CommitOutcome.DROPPED_NOT_OWNER);
      } else if (underWay == null) {
        first = new Write(position, nanoTime.getAsLong());
        first.results.add(result);
        underWay = first;
      } else if (!position.isAfter(underWay.position)) {
        underWay.results.add(result);
        coalesced.incrementAndGet();
      } else if (next == null) {
        next = new Write(position, nanoTime.getAsLong());
        next.results.add(result);
      } else {
        next.position = position.isAfter(next.position) ? position : next.position;
        next.results.add(result);
        coalesced.incrementAndGet();
      }
    }
    if (first != null) {
      attempt(first, position);
    }
    return result.minimalCompletionStage();
  }

  /**
   * Hurries, for example while draining: a write that waits for its next attempt is tried at once,
   * and from now on all delays are the shortest.
   */
  public void hurry() {
    WaitingWrite cutShort;
    synchronized (lock) {
      hurried = true;
      cutShort = waitingWrite;
    }
    if (cutShort != null) {
      cutShort.timer.cancel();
      attemptAgain(cutShort);
    }
  }

  /**
   * Ends the epoch: every position that is not known to be stored is answered as dropped, now and
   * later.
   */
  public void close() {
    List<CompletableFuture<CommitOutcome>> unanswered;
    WaitingWrite cancelled;
    synchronized (lock) {
      cancelled = waitingWrite;
      unanswered = end();
    }
    if (cancelled != null) {
      cancelled.timer.cancel();
    }
    unanswered.forEach(result -> result.complete(CommitOutcome.DROPPED_NOT_OWNER));
  }

  /** The checkpoint as last read or written; empty if there is none yet. */
  public Optional<StoredCheckpoint> stored() {
    return writer.stored();
  }

  private void attempt(Write write, CheckpointPosition position) {
    long begun = nanoTime.getAsLong();
    Stages.starting(() -> writer.write(position))
        .whenCompleteAsync(
            (outcome, failure) -> {
              Duration time = Duration.ofNanos(nanoTime.getAsLong() - begun);
              listener.attempted(time, outcome, writer.conflicts(), coalesced.get());
              if (failure != null) {
                failed(write, StageFailure.causeOf(failure));
              } else if (outcome == WriteOutcome.LOST) {
                lost();
              } else {
                stored(write);
              }
            },
            executor);
  }

  private void stored(Write write) {
    Write following;
    CheckpointPosition position = write.position;
    boolean hadFailed;
    synchronized (lock) {
      if (over) {
        return;
      }
      hadFailed = lastFailure != null;
      failures = 0;
      lastFailure = null;
      following = next;
      underWay = following;
      next = null;
      if (following != null) {
        position = following.position;
      }
    }
    if (hadFailed) {
      listener.worksAgain();
    }
    if (following != null) {
      attempt(following, position);
    }
    write.results.forEach(result -> result.complete(CommitOutcome.COMMITTED));
  }

  private void lost() {
    List<CompletableFuture<CommitOutcome>> unanswered;
    synchronized (lock) {
      if (over) {
        return;
      }
      unanswered = end();
    }
    unanswered.forEach(result -> result.complete(CommitOutcome.DROPPED_NOT_OWNER));
    listener.lost();
  }

  private void failed(Write write, Throwable failure) {
    WaitingWrite waiting = new WaitingWrite(write);
    Duration delay;
    Duration tried;
    int attempts;
    synchronized (lock) {
      if (over) {
        return;
      }
      attempts = ++failures;
      lastFailure = failure;
      tried = Duration.ofNanos(nanoTime.getAsLong() - write.since);
      delay = retry.delay(hurried ? 1 : failures, random.getAsDouble(), failure);
      waitingWrite = waiting;
    }
    listener.failed(failure);
    // The process may have stood still in its first attempt; then its owner has to notice a loss.
    boolean mayEnd = attempts > 1 || retry.giveUpAfter().isZero();
    boolean isTimeUp = mayEnd && tried.plus(delay).compareTo(retry.giveUpAfter()) > 0;
    if (!WriteRetry.isPassing(failure) || isTimeUp) {
      giveUp(waiting, answerFor(failure, tried));
      return;
    }
    try {
      waiting.timer = scheduler.scheduleOnce(delay, () -> attemptAgain(waiting), schedulerContext);
    } catch (IllegalStateException schedulerIsShutDown) {
      giveUp(waiting, answerFor(failure, tried));
    }
  }

  private void giveUp(WaitingWrite waiting, Throwable answer) {
    List<CompletableFuture<CommitOutcome>> unanswered;
    synchronized (lock) {
      if (waitingWrite != waiting) {
        return;
      }
      waitingWrite = null;
      failures = 0;
      unanswered = takeResults();
    }
    unanswered.forEach(result -> result.completeExceptionally(answer));
  }

  /**
   * Tries again with the newest position. Timer and hurry both call this: the second call changes
   * nothing.
   */
  private void attemptAgain(WaitingWrite waiting) {
    Write write = waiting.write;
    CheckpointPosition position;
    synchronized (lock) {
      if (waitingWrite != waiting) {
        return;
      }
      waitingWrite = null;
      if (next != null) {
        write.position = next.position;
        coalesced.incrementAndGet();
        write.results.addAll(next.results);
        next = null;
      }
      position = write.position;
    }
    attempt(write, position);
  }

  private List<CompletableFuture<CommitOutcome>> end() {
    over = true;
    waitingWrite = null;
    return takeResults();
  }

  private List<CompletableFuture<CommitOutcome>> takeResults() {
    List<CompletableFuture<CommitOutcome>> results = new ArrayList<>();
    if (underWay != null) {
      results.addAll(underWay.results);
    }
    if (next != null) {
      results.addAll(next.results);
    }
    underWay = null;
    next = null;
    return results;
  }

  private Throwable answerFor(Throwable failure, Duration tried) {
    if (!(failure instanceof PartitionStoreException)) {
      return failure;
    }
    return new CheckpointWriteException(
        "the checkpoint of "
            + partition
            + " could not be written"
            + (WriteRetry.isPassing(failure) ? " for " + tried.toSeconds() + " s" : "")
            + "; events since the last checkpoint will be read again: "
            + StageFailure.inWords(failure),
        failure);
  }

  /** Calls that are answered together, when the newest of their positions is stored. */
  private static final class Write {
    private final List<CompletableFuture<CommitOutcome>> results = new ArrayList<>();
    private final long since;
    private CheckpointPosition position;

    Write(CheckpointPosition position, long since) {
      this.position = position;
      this.since = since;
    }
  }

  /** A write that waits for its next attempt. */
  private static final class WaitingWrite {
    private final Write write;
    private volatile Cancellable timer = Cancellable.alreadyCancelled();

    WaitingWrite(Write write) {
      this.write = write;
    }
  }
}
