// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import io.github.pekkoeventhubs.CommitDelivery;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.Committable;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.CommittableOffsetBatch;
import io.github.pekkoeventhubs.CommitterSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.StageFailure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStage;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.apache.pekko.stream.stage.TimerGraphStageLogic;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Acknowledges the offsets that pass, and has each partition's epoch store them when {@link
 * FlushPolicy} says so: at most one flush per partition at a time, and a bounded number over all.
 * Emits a batch for each flush; batches that are not asked for are merged into one.
 *
 * <p>Pulling does not depend on demand: the stage is a sink for offsets, and stops pulling only
 * while a partition has too much that is not written.
 *
 * <p>What ends the stage ends it in the same way: no more input, a flush of everything that is
 * acknowledged, and then completion or failure. After a failure or a cancellation that is bounded
 * by a timeout.
 *
 * @param <C> offsets, batches of them, or both
 */
@InternalApi
public final class CommitterStage<C extends Committable>
    extends GraphStage<FlowShape<C, CommittableOffsetBatch>> {

  private static final Logger LOG = LoggerFactory.getLogger(CommitterStage.class);
  private static final AtomicLong INSTANCES = new AtomicLong();
  private static final Object IDLE_TIMER = "idle";
  private static final Object FLUSH_TIMEOUT_TIMER = "flush timeout";

  private final Inlet<C> in = Inlet.create("Committer.in");
  private final Outlet<CommittableOffsetBatch> out = Outlet.create("Committer.out");
  private final FlowShape<C, CommittableOffsetBatch> shape = FlowShape.of(in, out);
  private final CommitterSettings settings;
  private final @Nullable LongSupplier givenClock;

  /** A committer by the clock of the actor system it runs in. */
  public CommitterStage(CommitterSettings settings) {
    this.settings = settings;
    this.givenClock = null;
  }

  /** A committer by this clock, in nanoseconds. */
  CommitterStage(CommitterSettings settings, LongSupplier clock) {
    this.settings = settings;
    this.givenClock = clock;
  }

  @Override
  public FlowShape<C, CommittableOffsetBatch> shape() {
    return shape;
  }

  @Override
  public Attributes initialAttributes() {
    return Attributes.name("Committer");
  }

  @Override
  public GraphStageLogic createLogic(Attributes inheritedAttributes) {
    return new Logic();
  }

  /** The answer to a flush. */
  private record Flushed(
      PartitionCommits commits, @Nullable CommitOutcome outcome, @Nullable Throwable failure) {}

  private final class Logic extends TimerGraphStageLogic {

    private final String id = "committer-" + INSTANCES.incrementAndGet();
    private final FlushPolicy policy = new FlushPolicy(settings);
    private final boolean waitForAck = settings.delivery() == CommitDelivery.WAIT_FOR_ACK;
    private final AsyncCallback<Flushed> flushedCallback = createAsyncCallback(this::flushed);
    private final AsyncCallback<PartitionCommits> drainingCallback =
        createAsyncCallback(this::draining);

    /** One for each partition: that of its newest epoch. */
    private final Map<EventHubPartition, PartitionCommits> partitions = new HashMap<>();

    /** The same by epoch, for the look-up per element. */
    private final IdentityHashMap<PartitionEpoch, PartitionCommits> epochs =
        new IdentityHashMap<>();

    /** What {@link #epochs} gave last: elements of one partition often follow each other. */
    private @Nullable PartitionCommits lastUsed;

    /** Partitions that are due and wait for a free place among the parallel flushes. */
    private final Deque<PartitionCommits> due = new ArrayDeque<>();

    private LongSupplier clock = System::nanoTime;
    private int flushesInFlight;
    private int fullPartitions;
    private @Nullable CommittableOffsetBatch pendingOutput;
    private boolean idleTimerRuns;
    private boolean pushedSinceIdleTimer;
    private long droppedEvents;
    private long failedFlushes;

    private boolean ending;
    private boolean cancelled;
    private @Nullable Throwable failure;

    Logic() {
      super(shape);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              pushedSinceIdleTimer = true;
              observe(grab(in));
              pullIfAllowed();
            }

            @Override
            public void onUpstreamFinish() {
              completed();
            }

            @Override
            public void onUpstreamFailure(Throwable cause) {
              fail(cause);
              flushEverything();
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              pushPendingOutput();
              endIfDone();
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
              cancelled(cause);
            }
          });
    }

    @Override
    public void preStart() {
      clock =
          givenClock == null ? CommitterClock.of(materializer().system()).nanoTime() : givenClock;
      pull(in);
    }

    // --- offsets come in ---

    private void observe(Committable committable) {
      if (committable instanceof CommittableOffset offset) {
        observe(offset, 1);
        return;
      }
      CommittableOffsetBatch batch = (CommittableOffsetBatch) committable;
      List<CommittableOffset> offsets = batch.offsets();
      // How many of the events belong to which offset is not known: they are spread evenly.
      long events = batch.batchSize();
      for (int i = 0; i < offsets.size(); i++) {
        long share = events / (offsets.size() - i);
        observe(offsets.get(i), share);
        events -= share;
      }
    }

    private void observe(CommittableOffset offset, long events) {
      PartitionCommits commits = commitsOf(offset.epoch());
      if (commits == null) {
        droppedEvents += events;
        offset.epoch().dropped(events);
        return;
      }
      long pendingBefore = commits.pendingEvents();
      long unwrittenBefore = commits.unwrittenEvents();
      boolean fullBefore = policy.isFull(commits);
      commits.observe(offset, events);
      if (policy.hasCrossedBound(commits, pendingBefore, unwrittenBefore)) {
        countFull(fullBefore, policy.isFull(commits));
        flushWhenDue(commits);
        if (commits.hasWork()) {
          startIdleTimer();
        }
      }
    }

    /** The state of an epoch; null if it is over or a newer one of the partition has been seen. */
    private @Nullable PartitionCommits commitsOf(PartitionEpoch epoch) {
      PartitionCommits last = lastUsed;
      if (last != null && last.epoch() == epoch) {
        return last;
      }
      PartitionCommits commits = epochs.get(epoch);
      if (commits == null) {
        commits = join(epoch);
      }
      lastUsed = commits;
      return commits;
    }

    private @Nullable PartitionCommits join(PartitionEpoch epoch) {
      PartitionCommits present = partitions.get(epoch.partition());
      if (epoch.isOver() || (present != null && present.epoch().number() > epoch.number())) {
        return null;
      }
      if (present != null && present.pendingEvents() > 0) {
        LOG.info(
            "[{}] {} is replaced by epoch {}: {} acknowledged events of it are left unwritten",
            id,
            present,
            epoch.number(),
            present.pendingEvents());
      }
      if (present != null) {
        droppedEvents += present.pendingEvents();
        remove(present);
      }
      // An epoch need not say when it is over: a good moment to look is when another one begins.
      List.copyOf(partitions.values()).forEach(this::removeIfOver);
      PartitionCommits joined = new PartitionCommits(epoch, Observation.of(settings.when()), clock);
      partitions.put(epoch.partition(), joined);
      epochs.put(epoch, joined);
      epoch.committerJoined(this, () -> drainingCallback.invoke(joined));
      return joined;
    }

    /** An epoch that is over has nothing to store; what is under way is answered first. */
    private void removeIfOver(PartitionCommits commits) {
      if (commits.epoch().isOver() && !commits.isFlushing()) {
        droppedEvents += commits.pendingEvents();
        remove(commits);
      }
    }

    private void remove(PartitionCommits commits) {
      countFull(policy.isFull(commits), false);
      partitions.remove(commits.epoch().partition());
      epochs.remove(commits.epoch());
      due.remove(commits);
      cancelTimer(commits);
      if (lastUsed == commits) {
        lastUsed = null;
      }
      commits.epoch().committerLeft(this);
    }

    private boolean isCurrent(PartitionCommits commits) {
      return epochs.containsKey(commits.epoch());
    }

    private void countFull(boolean before, boolean after) {
      if (before != after) {
        fullPartitions += after ? 1 : -1;
      }
    }

    private void pullIfAllowed() {
      if (fullPartitions == 0 && !ending && !hasBeenPulled(in)) {
        tryPull(in);
      }
    }

    // --- flushes ---

    private void flushWhenDue(PartitionCommits commits) {
      if (commits.isFlushing() || due.contains(commits)) {
        return;
      }
      long now = clock.getAsLong();
      long wait = ending && commits.hasWork() ? 0 : policy.nanosUntilFlush(commits, now);
      if (wait == FlushPolicy.NEVER) {
        return;
      }
      if (wait > 0) {
        scheduleOnce(commits, Duration.ofNanos(wait));
        // The timer knows nothing of the time that has passed before it was started, which can be
        // all of it where a test lets time pass.
        if (clock.getAsLong() - now < wait) {
          return;
        }
      }
      if (flushesInFlight < settings.parallelism()) {
        startFlush(commits);
      } else if (commits.isDraining()) {
        due.addFirst(commits);
      } else {
        due.addLast(commits);
      }
    }

    private void startFlush(PartitionCommits commits) {
      cancelTimer(commits);
      flushesInFlight++;
      commits.flushStarted();
      CommittableOffsetBatch batch = commits.flushingBatch();
      LOG.debug("[{}] {}: storing {} events", id, commits, batch.batchSize());
      flush(commits.epoch())
          .whenComplete(
              (outcome, problem) -> flushedCallback.invoke(new Flushed(commits, outcome, problem)));
      if (!waitForAck) {
        emitWhenAsked(batch);
      }
    }

    private static CompletionStage<CommitOutcome> flush(PartitionEpoch epoch) {
      try {
        return epoch.flush();
      } catch (RuntimeException e) {
        return CompletableFuture.failedFuture(e);
      }
    }

    private void flushed(Flushed answer) {
      PartitionCommits commits = answer.commits();
      flushesInFlight--;
      boolean current = isCurrent(commits);
      boolean fullBefore = policy.isFull(commits);
      CommittableOffsetBatch batch = commits.flushingBatch();
      if (answer.failure() == null || !current) {
        commits.flushEnded(policy);
        if (answer.outcome() != CommitOutcome.COMMITTED) {
          droppedEvents += batch.batchSize();
          LOG.debug("[{}] {}: not the owner any more", id, commits);
        }
        if (waitForAck) {
          emitWhenAsked(batch);
        }
      } else {
        flushFailed(commits, StageFailure.causeOf(answer.failure()));
      }
      if (current) {
        countFull(fullBefore, policy.isFull(commits));
      }
      if (ending) {
        flushEverything();
      } else {
        if (current) {
          flushWhenDue(commits);
          removeIfOver(commits);
        }
        startDueFlushes();
        pullIfAllowed();
      }
    }

    private void flushFailed(PartitionCommits commits, Throwable cause) {
      failedFlushes++;
      if (waitForAck) {
        commits.flushEnded(policy);
        fail(cause);
        return;
      }
      LOG.warn("[{}] {}: a checkpoint could not be written", id, commits, cause);
      if (ending) {
        commits.flushEnded(policy);
      } else {
        commits.flushFailed(policy);
      }
    }

    private void startDueFlushes() {
      while (flushesInFlight < settings.parallelism() && !due.isEmpty()) {
        startFlush(due.removeFirst());
      }
    }

    @Override
    public void onTimer(Object key) {
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
      for (PartitionCommits commits : partitions.values()) {
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
      if (due.remove(commits)) {
        due.addFirst(commits);
      }
      if (isCurrent(commits)) {
        flushWhenDue(commits);
        removeIfOver(commits);
      }
    }

    // --- batches go out ---

    private void emitWhenAsked(CommittableOffsetBatch batch) {
      if (batch.isEmpty()) {
        return;
      }
      CommittableOffsetBatch waiting = pendingOutput;
      pendingOutput = waiting == null ? batch : waiting.updated(batch);
      if (isAvailable(out)) {
        pushPendingOutput();
      }
    }

    private void pushPendingOutput() {
      CommittableOffsetBatch batch = pendingOutput;
      if (batch != null) {
        pendingOutput = null;
        push(out, batch);
      }
    }

    // --- the end ---

    private void completed() {
      for (PartitionCommits commits : partitions.values()) {
        commits.complete();
      }
      flushEverything();
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
      for (PartitionCommits commits : List.copyOf(partitions.values())) {
        flushWhenDue(commits);
      }
      startDueFlushes();
      endIfDone();
    }

    private void endIfDone() {
      if (!ending) {
        return;
      }
      leaveThoseThatAreDone();
      if (flushesInFlight == 0 && due.isEmpty()) {
        finish();
      }
    }

    /** A partition that is being handed over need not wait for the last writes of the others. */
    private void leaveThoseThatAreDone() {
      for (Iterator<PartitionCommits> i = partitions.values().iterator(); i.hasNext(); ) {
        PartitionCommits commits = i.next();
        if (!commits.isFlushing() && !commits.hasWork()) {
          i.remove();
          commits.epoch().committerLeft(this);
        }
      }
    }

    private void finish() {
      if (failure != null) {
        failStage(failure);
      } else if (cancelled || pendingOutput == null) {
        completeStage();
      }
    }

    private void flushTimeoutFired() {
      List<String> unfinished = new ArrayList<>();
      partitions.values().forEach(commits -> unfinished.add(commits.toString()));
      LOG.warn(
          "[{}] flush-timeout ({}) has passed before the last checkpoints were written: {}",
          id,
          settings.flushTimeout(),
          unfinished);
      if (failure != null) {
        failStage(failure);
      } else {
        completeStage();
      }
    }

    @Override
    public void postStop() {
      partitions.values().forEach(commits -> commits.epoch().committerLeft(this));
      partitions.clear();
      if (droppedEvents > 0 || failedFlushes > 0) {
        LOG.info(
            "[{}] ended; offsets of {} events were dropped since their partition has another owner,"
                + " and {} writes have failed",
            id,
            droppedEvents,
            failedFlushes);
      }
    }
  }
}
