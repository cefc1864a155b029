// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ownership.ConsumerStream;
import io.github.pekkoeventhubs.ownership.PartitionSession;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.util.concurrent.Queues;

/**
 * What has arrived of one partition in one epoch and was not emitted yet: a bounded queue between
 * the SDK's I/O thread, which writes, and the stage that emits the partition, which reads.
 *
 * <p>The queue survives the receivers: after a lost link the next receiver goes on after the last
 * event that arrived, and nothing that waits here is dropped or read twice.
 */
final class PartitionIntake implements ConsumerStream.PartitionRun {

  /**
   * Events emitted from one partition before the others have their turn and the claim is checked.
   */
  static final int BURST = 32;

  /** Whether and how much may be emitted in this turn has not been looked at. */
  private static final int NOT_LOOKED = -1;

  /** A window of fewer events is filled up with each event. */
  private static final int NARROW = 4 * BURST;

  /** A link that holds so many events does not run dry while a stage dozes. */
  private static final int WIDE = 512;

  /**
   * Events that a wide link is asked for at once. Who asks does the SDK's work on those that wait
   * there already, a quarter of all that there is to do with an event: asked for in small numbers,
   * and only when there are none left, it is done by the stage rather than by the thread that
   * serves the connection, which is the limit. What is asked for and not there is the bell that
   * wakes the stage.
   */
  static final int HELPING = 32;

  /** Opens receivers on the partition. */
  interface ReceiverSource {
    PartitionReceiver open(
        EventHubPartition partition,
        EventPosition after,
        int prefetchCount,
        PartitionIntake intake,
        PartitionReceiver.Ends ends);

    /** The next receiver is to use another connection. */
    void abandonConnection(EventHubPartition partition);

    /** No receiver follows, until another intake opens one. */
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
  // Each written by one thread at a time.
  private final AtomicLong lastReceived = new AtomicLong(PartitionSession.NONE);
  private final AtomicLong receivedCount = new AtomicLong();
  private final AtomicLong emittedCount = new AtomicLong();

  /** Written before {@link #lastReceived}, and read after it. */
  private @Nullable PartitionEvent lastEvent;

  private volatile boolean finished;
  private volatile boolean adopted;
  private volatile boolean wide;

  // The stage's own.
  private int burst;
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

  // The owner's side.

  @Override
  public synchronized void attach(
      Consumer<ConsumerStream.ReceiverEnd> whenEnded, Runnable whenOutgrown) {
    PartitionReceiver previous = receiver;
    if (previous != null) {
      previous.detach();
    }
    if (finished) {
      return;
    }
    int prefetchCount = prefetch.attach();
    wide = prefetchCount >= WIDE;
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

  /** By offset where there is one: sequence numbers alone need not survive a geo-failover. */
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

  @Override
  public boolean hasDemand() {
    PartitionReceiver current = receiver;
    return current != null && current.granted() > receivedCount.get();
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

  /** What has become of an event that arrived. */
  enum Intake {
    /** It waits for the stage. */
    TAKEN,
    /** It had arrived before. */
    REPEATED,
    /** It waits for the stage, and further ones had better come through another link. */
    TAKEN_LAST
  }

  /** Takes an event in. */
  Intake received(PartitionEvent event, long sequenceNumber) {
    if (sequenceNumber <= lastReceived.get()) {
      return Intake.REPEATED;
    }
    int bytes = EventFootprint.of(event.getData());
    window.observe(bytes);
    if (!queue.offer(event)) {
      throw new IllegalStateException(
          "more events arrived from " + session.partition() + " than were asked for");
    }
    lastEvent = event;
    lastReceived.lazySet(sequenceNumber);
    receivedCount.lazySet(receivedCount.get() + 1);
    boolean misfits = prefetch.observe(bytes);
    StageSignal current = signal;
    if (current != null) {
      current.arrived(worthwhileWake());
    }
    return misfits ? Intake.TAKEN_LAST : Intake.TAKEN;
  }

  /** How many events may have arrived in all, since the epoch began. */
  long allowance() {
    return emittedCount.get() + window.events();
  }

  /** So many events that the stage should begin, lest the window be full before it has. */
  private int worthwhileWake() {
    return window.events() / 4;
  }

  /**
   * How many events to ask for now, if so many have been asked for since the epoch began; 0 if it
   * is not worth a request.
   */
  long worthwhileCredit(long granted) {
    long credit = allowance() - granted;
    if (wide) {
      boolean someAreDue = granted > receivedCount.get();
      return someAreDue ? 0 : Math.min(credit, HELPING);
    }
    return credit >= Math.max(1, window.events() / 2) ? credit : 0;
  }

  // The stage's side.

  /** The stage has taken the partition, and alone may stop it. */
  void adopted() {
    adopted = true;
  }

  boolean isAdopted() {
    return adopted;
  }

  /** The stage that emits this partition from now on. */
  void emitTo(StageSignal stage) {
    signal = stage;
  }

  /** A new turn of this partition begins. */
  void beginTurn() {
    burst = NOT_LOOKED;
    if (!wide) {
      replenish();
    }
  }

  /**
   * The next event, or null if there is none to emit in this turn. The caller announces it to the
   * session before it emits it.
   */
  @Nullable PartitionEvent poll() {
    if (burst == NOT_LOOKED) {
      burst = nextBurst();
    }
    if (burst == 0) {
      return null;
    }
    PartitionEvent event = queue.poll();
    if (event == null) {
      // What waits in the SDK comes within the request, on this thread.
      replenish();
      event = queue.poll();
    }
    if (event == null) {
      burst = NOT_LOOKED;
      return null;
    }
    burst--;
    emittedCount.lazySet(emittedCount.get() + 1);
    if (window.events() < NARROW) {
      replenish();
    }
    return event;
  }

  /**
   * A wide link is asked when there is nothing left here; a narrow one once a turn, or with each
   * event where the window is narrow too, which would else run empty before the turn has ended.
   */
  private void replenish() {
    PartitionReceiver current = receiver;
    if (current != null) {
      current.replenish();
    }
  }

  /**
   * How many events this turn may emit: none unless the claim still holds, and no more than may be
   * out unacknowledged. Looked at once a turn, not per event: acknowledgements only make more room.
   */
  private int nextBurst() {
    turnTime = nanoTime.getAsLong();
    if (finished || paused.getAsBoolean() || !session.isValidAt(turnTime)) {
      return 0;
    }
    StageSignal current = signal;
    if (current != null && session.isFull()) {
      session.whenAcknowledged(current::signal);
    }
    return (int) Math.max(0, Math.min(BURST, session.room()));
  }

  /** When this turn began, by the monotonic clock. */
  long turnTime() {
    return turnTime;
  }

  /** Drops what waits; nothing more is emitted. Called by the stage, or where there is none. */
  void stopped() {
    finished = true;
    queue.clear();
    session.emissionStopped();
  }

  /** The user has ended this partition's part of the stream, and the stage emits nothing more. */
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
