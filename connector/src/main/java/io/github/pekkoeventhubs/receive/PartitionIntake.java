// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ownership.PartitionRun;
import io.github.pekkoeventhubs.ownership.PartitionSession;
import java.util.Queue;
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

  /**
   * Events emitted from one partition before the others have their turn and the claim is checked.
   */
  static final int EVENTS_PER_TURN = 32;

  /** The value of {@link #turnRest} before the turn has checked how much it may emit. */
  private static final int NOT_CHECKED = -1;

  /** A window of fewer events is filled up after each event, not once per turn. */
  private static final int NARROW_WINDOW_EVENTS = 4 * EVENTS_PER_TURN;

  /** A link that holds this many events does not run empty while the stage's wake-up is delayed. */
  private static final int WIDE_LINK_EVENTS = 512;

  /**
   * Events that are requested from a wide link at once. The thread that requests events also
   * decodes those that the SDK has buffered, which is about a quarter of the cost of an event. The
   * connection's thread is the bottleneck. Requesting few events, and only when none are left,
   * moves that work from the connection's thread to the stage. A request that cannot be served at
   * once stays open, so that the next event wakes the stage.
   */
  static final int WIDE_LINK_REQUEST_SIZE = 32;

  /** Opens receivers on the partition. */
  interface ReceiverSource {
    PartitionReceiver open(
        EventHubPartition partition,
        EventPosition after,
        int prefetchCount,
        PartitionReceiver.Destination destination,
        PartitionReceiver.Ends ends);

    /** The next receiver is to use another connection. */
    void abandonConnection(EventHubPartition partition);

    /** No receiver follows until another intake opens one. */
    void leaveConnection(EventHubPartition partition);
  }

  /** Tells the stage, on its own thread, that the intake is finished. */
  interface FinishRequest {
    void finish(PartitionIntake intake);
  }

  private final PartitionSession session;
  private final EventPosition startAfter;
  private final IntakeWindow window;
  private final LinkPrefetch prefetch;
  private final ReceiverSource receivers;
  private final FinishRequest finishRequest;
  private final BooleanSupplier paused;
  private final Runnable whenAbandoned;
  private final LongSupplier nanoTime;
  private final Queue<PartitionEvent> queue;

  private volatile @Nullable StageSignal signal;
  private volatile @Nullable PartitionReceiver receiver;
  // Each is written by one thread at a time.
  private final AtomicLong lastReceived = new AtomicLong(PartitionSession.NONE);
  private final AtomicLong receivedCount = new AtomicLong();
  private final AtomicLong emittedCount = new AtomicLong();

  /** Written before {@link #lastReceived}, and read after it. */
  private @Nullable PartitionEvent lastEvent;

  private volatile BooleanSupplier atEnd = () -> false;
  private volatile boolean finished;
  private volatile boolean adopted;
  private volatile boolean wide;

  // Used by the stage's thread alone.
  private int turnRest;
  private long turnTime;

  PartitionIntake(
      PartitionSession session,
      EventPosition startAfter,
      IntakeWindow window,
      LinkPrefetch prefetch,
      ReceiverSource receivers,
      FinishRequest finishRequest,
      BooleanSupplier paused,
      Runnable whenAbandoned,
      LongSupplier nanoTime) {
    this.session = session;
    this.startAfter = startAfter;
    this.window = window;
    this.prefetch = prefetch;
    this.receivers = receivers;
    this.finishRequest = finishRequest;
    this.paused = paused;
    this.whenAbandoned = whenAbandoned;
    this.nanoTime = nanoTime;
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
  public synchronized void attach(
      Consumer<PartitionRun.ReceiverEnd> whenEnded, Runnable whenOutgrown) {
    PartitionReceiver previous = receiver;
    if (previous != null) {
      previous.detach();
    }
    if (finished) {
      return;
    }
    int prefetchCount = prefetch.attach();
    wide = prefetchCount >= WIDE_LINK_EVENTS;
    PartitionReceiver next =
        receivers.open(
            session.partition(),
            position(),
            prefetchCount,
            this,
            new PartitionReceiver.Ends(whenEnded, whenOutgrown));
    receiver = next;
    next.start(receivedCount.get());
  }

  /**
   * The position after the last event that arrived. It is an offset where there is one, since a
   * sequence number need not survive a geo-failover.
   */
  private EventPosition position() {
    long sequenceNumber = lastReceived.get();
    PartitionEvent last = lastEvent;
    if (last == null) {
      return startAfter;
    }
    String offset = last.getData().getOffsetString();
    return offset == null || offset.isEmpty()
        ? EventPosition.fromSequenceNumber(sequenceNumber, false)
        : EventPosition.fromOffsetString(offset);
  }

  @Override
  public void abandonConnection() {
    receivers.abandonConnection(session.partition());
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
  public long receivedCount() {
    return receivedCount.get();
  }

  /** Nothing is to arrive any more when this is true; so nobody misses anything then. */
  void endsWhen(BooleanSupplier condition) {
    atEnd = condition;
  }

  /** Whether no event waits here. */
  boolean isEmpty() {
    return queue.isEmpty();
  }

  @Override
  public boolean hasDemand() {
    PartitionReceiver current = receiver;
    return current != null && current.granted() > receivedCount.get() && !atEnd.getAsBoolean();
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
    finishRequest.finish(this);
  }

  // The receiver's side: one thread at a time, as Reactor guarantees.

  @Override
  public PartitionReceiver.Arrival received(PartitionEvent event, long sequenceNumber) {
    if (sequenceNumber <= lastReceived.get()) {
      return PartitionReceiver.Arrival.REPEATED;
    }
    int bytes = EventFootprint.of(event.getData());
    window.observe(bytes);
    if (!queue.offer(event)) {
      throw new IllegalStateException(
          "more events arrived from " + session.partition() + " than were requested");
    }
    lastEvent = event;
    lastReceived.lazySet(sequenceNumber);
    receivedCount.lazySet(receivedCount.get() + 1);
    boolean misfits = prefetch.observe(bytes);
    StageSignal current = signal;
    if (current != null) {
      current.arrived(worthwhileWake());
    }
    return misfits ? PartitionReceiver.Arrival.TAKEN_LAST : PartitionReceiver.Arrival.TAKEN;
  }

  /** How many events may have arrived in all, since the epoch began. */
  long allowance() {
    return emittedCount.get() + window.events();
  }

  /** The number of events at which the stage is woken, before the window is full. */
  private int worthwhileWake() {
    return window.events() / 4;
  }

  @Override
  public long worthwhileCredit(long requested) {
    long credit = allowance() - requested;
    if (wide) {
      boolean someAreDue = requested > receivedCount.get();
      return someAreDue ? 0 : Math.min(credit, WIDE_LINK_REQUEST_SIZE);
    }
    return credit >= Math.max(1, window.events() / 2) ? credit : 0;
  }

  // The stage's side.

  /** The stage has taken the partition. From now on only the stage may stop it. */
  void adopted() {
    adopted = true;
  }

  boolean isAdopted() {
    return adopted;
  }

  /** Sets the stage that emits this partition from now on. */
  void emitTo(StageSignal stage) {
    signal = stage;
  }

  /** Begins a new turn of this partition. */
  void beginTurn() {
    turnRest = NOT_CHECKED;
    if (!wide) {
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
    emittedCount.lazySet(emittedCount.get() + 1);
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

  /**
   * How many events this turn may emit: none unless the claim still holds, and no more than may be
   * emitted without an acknowledgement. This is checked once per turn, not per event, because
   * acknowledgements only make more room.
   */
  private int eventsOfThisTurn() {
    turnTime = nanoTime.getAsLong();
    if (finished || paused.getAsBoolean() || !session.isValidAt(turnTime)) {
      return 0;
    }
    StageSignal current = signal;
    if (current != null && session.isFull()) {
      session.whenAcknowledged(current::signal);
    }
    return (int) Math.max(0, Math.min(EVENTS_PER_TURN, session.room()));
  }

  /** When this turn began, by the monotonic clock. */
  long turnTime() {
    return turnTime;
  }

  /**
   * Drops the events that wait; nothing more is emitted. Called by the stage, or by the owner where
   * no stage has taken the partition.
   */
  void stopped() {
    finished = true;
    queue.clear();
    session.emissionStopped();
  }

  /** The user has ended this partition's part of the stream. The stage emits nothing more. */
  void abandoned(boolean failed) {
    boolean ownerHasFinished = finished;
    stopped();
    if (failed) {
      session.streamFailed();
    }
    if (!ownerHasFinished) {
      whenAbandoned.run();
    }
  }
}
