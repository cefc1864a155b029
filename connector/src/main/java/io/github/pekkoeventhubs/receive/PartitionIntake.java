// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ConsumerStatus.WaitsFor;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventSize;
import io.github.pekkoeventhubs.continuity.ReadMark;
import io.github.pekkoeventhubs.continuity.ReadStart;
import io.github.pekkoeventhubs.ownership.PartitionRun;
import io.github.pekkoeventhubs.ownership.PartitionSession;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * The events of one partition that have arrived in one epoch and were not emitted yet: a bounded
 * queue between the SDK's I/O thread, which writes, and the stage that emits the partition, which
 * reads.
 *
 * <p>The queue survives the receivers: after a lost link the next receiver goes on after the last
 * event that arrived, and nothing that waits here is dropped or read twice.
 */
final class PartitionIntake implements PartitionRun, PartitionReceiver.Destination {

  /** The value of {@link #turnRest} before the turn has checked how much it may emit. */
  private static final int NOT_CHECKED = -1;

  /** A window of fewer events is filled up after each event, not once per turn. */
  private static final int NARROW_WINDOW_EVENTS = 4 * TurnLength.MOST_EVENTS;

  private final PartitionSession session;
  private final ReadStart start;
  private final ArrivalCheck arrivals;
  private final IntakeWindow window;
  private final IntakeBounds bounds;
  private final SlowStreamWatch slowStreams;
  private final ReceiverSource receivers;
  private final Consumer<PartitionIntake> finishRequest;
  private final BooleanSupplier paused;
  private final Runnable whenAbandoned;
  private final LongSupplier nanoTime;
  private final Queue<PartitionEvent> queue;

  private volatile @Nullable StageSignal signal;
  private volatile @Nullable PartitionReceiver receiver;
  // Written by one thread at a time, after what the start knows of the last event.
  private final AtomicLong lastReceived = new AtomicLong(PartitionSession.NONE);

  private volatile BooleanSupplier atEnd = () -> false;
  private volatile boolean finished;

  /** Whether it is decided who stops this: the stage that has taken it, or the owner. */
  private final AtomicBoolean decided = new AtomicBoolean();

  // Used by the stage's thread alone.
  private final TurnLength turn = new TurnLength();
  private int turnRest;

  PartitionIntake(
      PartitionSession session,
      ReadStart start,
      IntakeWindow window,
      LinkPrefetch prefetch,
      ReceiverSource receivers,
      Consumer<PartitionIntake> finishRequest,
      BooleanSupplier paused,
      Runnable whenAbandoned,
      StageSignal.Timer timer,
      LongSupplier nanoTime) {
    this.session = session;
    this.start = start;
    this.arrivals = new ArrivalCheck(session.partition(), start);
    this.window = window;
    this.bounds = new IntakeBounds(window, prefetch);
    this.receivers = receivers;
    this.finishRequest = finishRequest;
    this.paused = paused;
    this.whenAbandoned = whenAbandoned;
    this.nanoTime = nanoTime;
    this.slowStreams = new SlowStreamWatch(window, bounds, () -> receiver, timer, nanoTime);
    this.queue = Queues.<PartitionEvent>get(window.maxEvents()).get();
  }

  PartitionSession session() {
    return session;
  }

  @Override
  public EventHubPartition partition() {
    return session.partition();
  }

  // The owner's side.

  @Override
  public void attach(Consumer<PartitionRun.ReceiverEnd> whenEnded, Runnable whenOutgrown) {
    PartitionReceiver next;
    synchronized (this) {
      boolean isQuiet = detach();
      if (finished) {
        return;
      }
      if (!isQuiet) {
        whenEnded.accept(PartitionReceiver.formerLinkIsDelivering(session.partition()));
        return;
      }
      next =
          receivers.open(
              session.partition(),
              start.next(lastReceived.get() != PartitionSession.NONE),
              bounds.attach(),
              this,
              new PartitionReceiver.Ends(whenEnded, whenOutgrown));
      receiver = next;
    }
    // Not under the lock: this requests events. If finish() comes first, it has detached the link.
    next.start(receivedCount());
  }

  @Override
  public boolean hasSilentConnection() {
    return receivers.hasSilentConnection(session.partition());
  }

  @Override
  public synchronized boolean detach() {
    return PartitionReceiver.isQuietAfterDetaching(receiver);
  }

  @Override
  public void abandonConnection() {
    receivers.abandonConnection(session.partition());
  }

  @Override
  public void replaceReceiver() {
    PartitionReceiver current = receiver;
    if (current != null) {
      current.replace();
    }
  }

  @Override
  public boolean useOwnConnection(OwnConnection wish) {
    return receivers.useOwnConnection(session.partition(), wish);
  }

  @Override
  public void wake() {
    StageSignal current = signal;
    if (current != null) {
      current.signal();
    }
  }

  @Override
  public boolean isRun() {
    return signal != null;
  }

  @Override
  public long lastReceived() {
    return lastReceived.get();
  }

  @Override
  public @Nullable ReadMark lastRead() {
    return lastReceived.get() == PartitionSession.NONE ? null : start.lastRead();
  }

  @Override
  public void leaveOut(long sequenceNumber) {
    start.leaveOut(sequenceNumber);
    lastReceived.set(sequenceNumber);
  }

  @Override
  public long receivedCount() {
    return window.receivedCount();
  }

  @Override
  public Progress progress() {
    return window.progress(queue.peek());
  }

  /** Nothing is to arrive any more when this is true; so nobody misses anything then. */
  void endsWhen(BooleanSupplier condition) {
    atEnd = condition;
  }

  /** Whether no event waits here, nor was dropped when this stopped. */
  boolean hasEmittedAll() {
    return window.isEmpty();
  }

  /** A source that has not been run does not ask for events, whether or not there are some. */
  @Override
  public WaitsFor waitsFor() {
    if (paused.getAsBoolean()) {
      return WaitsFor.RESUME;
    }
    if (!isRun() || !queue.isEmpty()) {
      return WaitsFor.DEMAND;
    }
    PartitionReceiver current = receiver;
    return current == null || !current.isAttached()
        ? WaitsFor.CONNECTION
        : hasDemand() || atEnd.getAsBoolean() ? WaitsFor.EVENTS : WaitsFor.DEMAND;
  }

  @Override
  public boolean hasDemand() {
    PartitionReceiver current = receiver;
    return current != null && current.granted() > receivedCount() && !atEnd.getAsBoolean();
  }

  @Override
  public void finish() {
    PartitionReceiver current;
    synchronized (this) {
      finished = true;
      current = receiver;
      receiver = null;
    }
    if (current != null) {
      current.detach();
      receivers.leaveConnection(session.partition());
    }
    finishRequest.accept(this);
  }

  // The receiver's side: one thread at a time, as Reactor guarantees.

  @Override
  public PartitionReceiver.Arrival received(PartitionEvent event, long sequenceNumber) {
    if (!arrivals.accepts(event, sequenceNumber)) {
      return arrivals.unaccepted();
    }
    boolean misfits = bounds.arrived(EventSize.ofContent(event.getData()));
    if (!queue.offer(event)) {
      throw new IllegalStateException(
          "more events arrived from " + session.partition() + " than were requested");
    }
    lastReceived.lazySet(sequenceNumber);
    StageSignal current = signal;
    if (current != null) {
      current.arrived(bounds.worthwhileWake());
    }
    return misfits || slowStreams.isOverfull()
        ? PartitionReceiver.Arrival.TAKEN_LAST
        : PartitionReceiver.Arrival.TAKEN;
  }

  @Override
  public PartitionRun.@Nullable ReceiverEnd refusal() {
    return arrivals.end();
  }

  @Override
  public long worthwhileCredit(long requested) {
    return slowStreams.worthwhileCredit(requested);
  }

  // The stage's side.

  /** The stage takes the partition, which only it may stop then, unless that was given up. */
  void adopt(Consumer<PartitionIntake> stage) {
    if (decided.compareAndSet(false, true)) {
      stage.accept(this);
    }
  }

  /**
   * Stops a partition that no stage has taken, so that none will take it, without waiting for the
   * stage's thread. Does nothing if the stage has taken it. Any thread.
   */
  void stopUnlessAdopted() {
    if (decided.compareAndSet(false, true)) {
      stopped();
    }
  }

  /** Sets the stage that emits this partition from now on. */
  void emitTo(StageSignal stage) {
    signal = stage;
  }

  /** Begins a new turn of this partition. */
  void beginTurn() {
    turnRest = NOT_CHECKED;
    if (!bounds.isWide()) {
      replenish();
    }
  }

  /**
   * The next event, or null if there is none to emit in this turn. The caller announces it to the
   * session before it emits it.
   */
  @Nullable PartitionEvent poll() {
    if (turnRest == NOT_CHECKED) {
      turnRest = eventsOfThisTurn();
    }
    if (turnRest == 0) {
      return null;
    }
    if (finished || paused.getAsBoolean()) {
      turnRest = NOT_CHECKED;
      return null;
    }
    PartitionEvent event = queue.poll();
    if (event == null) {
      // Events that wait in the SDK arrive within the request, on this thread.
      replenish();
      event = queue.poll();
    }
    if (event == null) {
      turnRest = NOT_CHECKED;
      return null;
    }
    turnRest--;
    window.emitted();
    if (window.events() < NARROW_WINDOW_EVENTS) {
      replenish();
    }
    return event;
  }

  /**
   * Requests more events where that is worth it. A wide link is asked when nothing is left here. A
   * narrow link is asked once per turn, or after each event where the window is narrow too: that
   * window would run empty before the turn has ended.
   */
  private void replenish() {
    PartitionReceiver current = receiver;
    if (current != null) {
      current.replenish();
    }
  }

  /** The stage has found nothing here, and waits for the next event. */
  void beforeWait() {
    PartitionReceiver current = receiver;
    if (current != null && !finished && !paused.getAsBoolean() && !session.isFull()) {
      current.request(requested -> bounds.creditBeforeWait(requested, turn.begunAt()));
    }
  }

  /**
   * How many events this turn may emit: none unless the claim still holds, and no more than may be
   * emitted without an acknowledgement. Both are checked once per turn, not per event: a turn takes
   * a few milliseconds at most, and acknowledgements only make more room.
   */
  private int eventsOfThisTurn() {
    int most = turn.next(nanoTime.getAsLong());
    if (finished || paused.getAsBoolean() || !session.isValidAt(turn.begunAt())) {
      return 0;
    }
    StageSignal current = signal;
    if (current != null && session.isFull()) {
      session.whenAcknowledged(current::signal);
    }
    return (int) Math.max(0, Math.min(most, session.room()));
  }

  /** When this turn began, by the monotonic clock. */
  long turnTime() {
    return turn.begunAt();
  }

  /** Drops what waits, and emits nothing more. For the stage, or the owner where there is none. */
  void stopped() {
    finished = true;
    queue.clear();
    session.emissionStopped();
  }

  /** The partition's own source has completed. */
  void completed() {
    stopped();
    session.sourceEnded(nanoTime.getAsLong(), false);
  }

  /** The user has ended this partition's part of the stream. The stage emits nothing more. */
  void abandoned(boolean failed) {
    boolean ownerHasFinished = finished;
    stopped();
    session.sourceEnded(nanoTime.getAsLong(), failed);
    if (!ownerHasFinished) {
      whenAbandoned.run();
    }
  }
}
