// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.failure.GuardedStageLogic;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.jspecify.annotations.Nullable;

/**
 * The behaviour of a committer's stage: when it pulls, flushes, emits and ends. The partitions are
 * in the books of {@link CommitterPartitions}, the flushes in {@link FlushQueue}, and {@link
 * FlushPolicy} says when a flush is due.
 */
final class CommitterLogic<C extends Committable> extends GuardedStageLogic {

  private static final AtomicLong INSTANCES = new AtomicLong();
  private static final Object IDLE_TIMER = "idle";
  private static final Object FLUSH_TIMEOUT_TIMER = "flush timeout";

  /** The answer to a flush. */
  private record Flushed(
      PartitionCommits commits, @Nullable CommitOutcome outcome, @Nullable Throwable failure) {}

  private final Inlet<C> in;
  private final Outlet<CommittableOffsetBatch> out;
  private final CommitterSettings settings;
  private final @Nullable LongSupplier givenClock;
  private final CommitterLog log = new CommitterLog("committer-" + INSTANCES.incrementAndGet());
  private final boolean waitForAck;
  private final FlushPolicy policy;
  private final CommitterPartitions partitions;
  private final FlushQueue flushes;
  private final MergedOutput output = new MergedOutput();
  private final AsyncCallback<Flushed> flushedCallback = onStagesThread(this::flushed);

  private LongSupplier clock = System::nanoTime;
  private boolean idleTimerRuns;
  private boolean pushedSinceIdleTimer;
  private long failedFlushes;

  private boolean ending;
  private boolean cancelled;
  private @Nullable Throwable failure;

  /** With this clock in nanoseconds, or with that of the actor system if it is null. */
  CommitterLogic(
      FlowShape<C, CommittableOffsetBatch> shape,
      CommitterSettings settings,
      @Nullable LongSupplier givenClock) {
    super(shape, UnexpectedFailure.COMMITTER);
    this.in = shape.in();
    this.out = shape.out();
    this.settings = settings;
    this.givenClock = givenClock;
    this.waitForAck = settings.delivery() == CommitDelivery.WAIT_FOR_ACK;
    this.policy = new FlushPolicy(settings);
    this.partitions =
        new CommitterPartitions(
            log.id(),
            settings.when(),
            policy,
            this::now,
            partitionListener(onStagesThread(this::draining)));
    this.flushes = new FlushQueue(settings.parallelism(), this::startFlush);
    handleInputAndOutput();
  }

  private void handleInputAndOutput() {
    setHandlers(
        in,
        out,
        guarded(
            new AbstractInOutHandler() {
              @Override
              public void onPush() {
                pushedSinceIdleTimer = true;
                partitions.observe(grab(in));
                pullIfAllowed();
              }

              @Override
              public void onUpstreamFinish() {
                partitions.complete();
                flushEverything();
              }

              @Override
              public void onUpstreamFailure(Throwable cause) {
                fail(cause);
                flushEverything();
              }

              @Override
              public void onPull() {
                pushOutput();
                endIfDone();
              }

              @Override
              public void onDownstreamFinish(Throwable cause) {
                cancelled(cause);
              }
            }));
  }

  private CommitterPartitions.Listener partitionListener(AsyncCallback<PartitionCommits> draining) {
    return new CommitterPartitions.Listener() {
      @Override
      public void grown(PartitionCommits commits) {
        flushWhenDue(commits);
        if (commits.hasWork()) {
          startIdleTimer();
        }
      }

      @Override
      public void draining(PartitionCommits commits) {
        draining.invoke(commits);
      }

      @Override
      public void removed(PartitionCommits commits) {
        flushes.remove(commits);
        cancelTimer(commits);
      }
    };
  }

  @Override
  protected void started() {
    clock = givenClock == null ? CommitterClock.of(materializer().system()).nanoTime() : givenClock;
    pull(in);
  }

  private long now() {
    return clock.getAsLong();
  }

  private void pullIfAllowed() {
    if (!partitions.isAnyFull() && !ending && !hasBeenPulled(in)) {
      tryPull(in);
    }
  }

  private void flushWhenDue(PartitionCommits commits) {
    if (commits.isFlushing() || flushes.isWaiting(commits)) {
      return;
    }
    long now = now();
    long wait = ending && commits.hasWork() ? 0 : policy.nanosUntilFlush(commits, now);
    if (wait == FlushPolicy.NEVER) {
      return;
    }
    if (wait > 0) {
      scheduleOnce(commits, Duration.ofNanos(wait));
      // A test may have let this time pass before the timer was started.
      if (now() - now < wait) {
        return;
      }
    }
    flushes.add(commits);
  }

  private void startFlush(PartitionCommits commits) {
    cancelTimer(commits);
    commits.flushStarted();
    CommittableOffsetBatch batch = commits.flushingBatch();
    log.storing(commits, batch.batchSize());
    commits
        .flush()
        .whenComplete(
            (outcome, problem) -> flushedCallback.invoke(new Flushed(commits, outcome, problem)));
    if (!waitForAck) {
      emitWhenAsked(batch);
    }
  }

  private void flushed(Flushed answer) {
    PartitionCommits commits = answer.commits();
    flushes.ended();
    boolean current = partitions.isCurrent(commits);
    boolean fullBefore = policy.isFull(commits);
    if (answer.failure() != null && current) {
      flushFailed(commits, StageFailure.causeOf(answer.failure()));
    } else {
      CommittableOffsetBatch batch = commits.flushingBatch();
      commits.flushEnded();
      if (answer.outcome() != CommitOutcome.COMMITTED) {
        partitions.dropped(batch.batchSize());
        log.notTheOwner(commits);
      } else if (waitForAck) {
        emitWhenAsked(batch);
      }
    }
    if (current) {
      partitions.fullnessChanged(fullBefore, policy.isFull(commits));
    }
    if (ending) {
      flushEverything();
    } else {
      if (current) {
        flushWhenDue(commits);
        partitions.removeIfOver(commits);
      }
      flushes.startWaiting();
      pullIfAllowed();
    }
  }

  private void flushFailed(PartitionCommits commits, Throwable cause) {
    failedFlushes++;
    if (waitForAck) {
      commits.flushGivenUp();
      log.failed(commits, cause);
      fail(cause);
      return;
    }
    log.notWritten(commits, cause);
    if (ending) {
      commits.flushGivenUp();
    } else {
      commits.flushFailed();
    }
  }

  @Override
  protected void timerFired(Object key) {
    if (key == IDLE_TIMER) {
      idleTimerFired();
    } else if (key == FLUSH_TIMEOUT_TIMER) {
      flushTimeoutFired();
    } else if (key instanceof PartitionCommits commits) {
      flushWhenDue(commits);
    }
  }

  /**
   * One timer instead of a time per element: it looks whether anything came since it was started,
   * and runs only while something waits to be stored.
   */
  private void startIdleTimer() {
    if (!idleTimerRuns && settings.idleFlushDelay().compareTo(settings.maxInterval()) < 0) {
      idleTimerRuns = true;
      pushedSinceIdleTimer = false;
      scheduleOnce(IDLE_TIMER, settings.idleFlushDelay());
    }
  }

  private void idleTimerFired() {
    idleTimerRuns = false;
    boolean idle = !pushedSinceIdleTimer;
    for (PartitionCommits commits : partitions.all()) {
      if (!commits.hasWork()) {
        continue;
      }
      if (idle) {
        commits.requestFlush();
        flushWhenDue(commits);
      } else {
        startIdleTimer();
      }
    }
  }

  private void draining(PartitionCommits commits) {
    commits.startDraining();
    flushes.moveAhead(commits);
    if (partitions.isCurrent(commits)) {
      flushWhenDue(commits);
      partitions.removeIfOver(commits);
    }
    // A partition that had no room, or the last one with work, may have been removed.
    pullIfAllowed();
    endIfDone();
  }

  private void emitWhenAsked(CommittableOffsetBatch batch) {
    if (!batch.isEmpty()) {
      output.add(batch);
      pushOutput();
    }
  }

  private void pushOutput() {
    if (isAvailable(out) && !output.isEmpty()) {
      push(out, output.take());
    }
  }

  private void cancelled(Throwable cause) {
    cancelled = true;
    setKeepGoing(true);
    if (!isClosed(in)) {
      cancel(in, cause);
    }
    boundTheEnd();
    flushEverything();
  }

  /** Its books cannot be relied on any more: the stage ends at once, and writes nothing more. */
  @Override
  protected void unexpected(EventHubsException thrown) {
    log.failed(partitions.keys(), thrown);
    failStage(thrown);
  }

  /** The stage will end with this failure, unless it is failing already. */
  private void fail(Throwable cause) {
    ending = true;
    if (failure == null) {
      failure = cause;
    } else if (failure != cause) {
      failure.addSuppressed(cause);
    }
    if (!isClosed(in)) {
      cancel(in, cause);
    }
    boundTheEnd();
  }

  private void boundTheEnd() {
    if (!isTimerActive(FLUSH_TIMEOUT_TIMER)) {
      scheduleOnce(FLUSH_TIMEOUT_TIMER, settings.flushTimeout());
    }
  }

  private void flushEverything() {
    ending = true;
    for (PartitionCommits commits : partitions.all()) {
      flushWhenDue(commits);
    }
    flushes.startWaiting();
    endIfDone();
  }

  private void endIfDone() {
    if (!ending) {
      return;
    }
    partitions.leaveThoseWithoutWork();
    if (flushes.isEmpty()) {
      finish();
    }
  }

  private void finish() {
    if (failure != null) {
      failStage(failure);
    } else if (cancelled || output.isEmpty()) {
      completeStage();
    }
  }

  private void flushTimeoutFired() {
    log.flushTimeout(partitions.keys(), settings.flushTimeout(), List.copyOf(partitions.all()));
    if (failure != null) {
      failStage(failure);
    } else {
      completeStage();
    }
  }

  @Override
  public void postStop() {
    partitions.leaveAll();
    long dropped = partitions.droppedEvents();
    if (dropped > 0 || failedFlushes > 0) {
      log.ended(partitions.keys(), dropped, failedFlushes);
    }
  }
}
