// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ReceiveException;
import io.github.pekkoeventhubs.ownership.PartitionRun;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * One attached link: it moves the events that the SDK delivers to their destination, and requests
 * more as the stage emits. Events come on the connection's I/O thread, or within a request on the
 * stage's thread. Nothing here may block, and no lock may be held during a request.
 */
final class PartitionReceiver implements CoreSubscriber<PartitionEvent> {

  /** The result of offering an event that has arrived. */
  enum Arrival {
    /** The event waits for the stage. */
    TAKEN,
    /** The link was detached before the event came. */
    TOO_LATE,
    /** The event had arrived before. */
    REPEATED,
    /** The event waits for the stage, and another link would hold a better number of the next. */
    TAKEN_LAST,
    /** The event does not continue what was read before, and no event is taken any more. */
    REFUSED,
    /** The event lies beyond the end of what is to be read, and nothing more is to come. */
    BEYOND_END
  }

  /** The place to which a link delivers its events. */
  interface Destination {

    /** The partition whose events are delivered. */
    EventHubPartition partition();

    /** Takes an event in. Called by one thread at a time, as Reactor guarantees. */
    Arrival received(PartitionEvent event, long sequenceNumber);

    /** Why an event was refused; null if none was. Called after {@link #received}. */
    PartitionRun.@Nullable ReceiverEnd refusal();

    /**
     * How many further events to request now; 0 if a request is not worth its cost.
     *
     * @param requested how many events were requested since the epoch began
     */
    long worthwhileCredit(long requested);
  }

  /**
   * The calls that tell the end of a link.
   *
   * @param ended called at most once, when the link is gone
   * @param outgrown called at most once instead, when the link was closed here because another one
   *     will hold a better number of events
   */
  record Ends(Consumer<PartitionRun.ReceiverEnd> ended, Runnable outgrown) {}

  private final Flux<PartitionEvent> events;
  private final Destination destination;
  private final LongUnaryOperator worthwhileCredit;
  private final ServiceErrors errors;
  private final Ends ends;
  private final Executor threads;
  private final AtomicLong granted = new AtomicLong();

  private volatile @Nullable Subscription subscription;
  private volatile boolean detached;

  /** Whether an event is being passed on. Set before {@link #detached} is read. */
  private final AtomicBoolean delivering = new AtomicBoolean();

  private boolean hadReceived;

  /**
   * @param threads attaches and detaches. Both may block: a credential of the user may be asked for
   *     a token, and the SDK may wait until a link is closed
   */
  PartitionReceiver(
      Flux<PartitionEvent> events,
      Destination destination,
      ServiceErrors errors,
      Ends ends,
      Executor threads) {
    this.events = events;
    this.destination = destination;
    this.worthwhileCredit = destination::worthwhileCredit;
    this.errors = errors;
    this.ends = ends;
    this.threads = threads;
  }

  /** Attaches; {@code alreadyReceived} events had arrived before, through other links. */
  void start(long alreadyReceived) {
    granted.set(alreadyReceived);
    threads.execute(() -> events.subscribe(this));
  }

  /** Whether events can come: attaching may take its time. */
  boolean isAttached() {
    return subscription != null;
  }

  /** How many events were requested since the epoch began, over all links. */
  long granted() {
    return granted.get();
  }

  /** Requests more events, if that is worth a request. */
  void replenish() {
    request(worthwhileCredit);
  }

  /**
   * Requests more events.
   *
   * @param credit how many, of the number of those that were requested since the epoch began
   */
  void request(LongUnaryOperator credit) {
    Subscription current = subscription;
    if (current == null) {
      return;
    }
    long before = granted.get();
    long more = credit.applyAsLong(before);
    if (more > 0 && granted.compareAndSet(before, before + more)) {
      current.request(more);
    }
  }

  /** Whether events can come, and nobody has closed the link. */
  boolean isOpen() {
    return subscription != null && !detached;
  }

  /**
   * Requests events, whether or not the stream needs them, unless others were requested meanwhile.
   * Those that wait in the SDK are taken in on another thread.
   *
   * @param requested how many were requested before, since the epoch began
   */
  void fetch(long requested, long count) {
    Subscription current = subscription;
    if (current != null && granted.compareAndSet(requested, requested + count)) {
      threads.execute(() -> current.request(count));
    }
  }

  /** Closes the link, to be followed at once by one that holds another number of events. */
  void replace() {
    if (!detached) {
      detach();
      ends.outgrown().run();
    }
  }

  /**
   * Whether the link's thread is passing an event on. A link that is found detached and not
   * delivering never delivers again.
   */
  boolean isDelivering() {
    return delivering.get();
  }

  /**
   * Closes the link, if there is one; returns whether it never delivers again, so that another one
   * may be opened. Only one at a time may write to a destination.
   */
  static boolean isQuietAfterDetaching(@Nullable PartitionReceiver link) {
    if (link == null) {
      return true;
    }
    link.detach();
    return !link.isDelivering();
  }

  /** The end of a link that was not opened, since the one before it is still delivering. */
  static PartitionRun.ReceiverEnd formerLinkIsDelivering(EventHubPartition partition) {
    return new PartitionRun.ReceiverEnd(
        new ReceiveException(
            "the thread of the former link to " + partition + " has not passed its event on yet",
            null,
            true),
        false,
        false,
        true);
  }

  /** Closes the link; nothing is reported any more. */
  void detach() {
    detached = true;
    cancel();
  }

  private void cancel() {
    Subscription current = subscription;
    if (current != null) {
      threads.execute(current::cancel);
    }
  }

  @Override
  public void onSubscribe(Subscription newSubscription) {
    subscription = newSubscription;
    if (detached) {
      newSubscription.cancel();
    } else {
      replenish();
    }
  }

  @Override
  public void onNext(PartitionEvent event) {
    Arrival arrival;
    try {
      arrival = deliver(event);
    } catch (RuntimeException | Error e) {
      cancel();
      onError(e);
      return;
    }
    switch (arrival) {
      case TAKEN, TOO_LATE -> {
        // The stage requests more when it has emitted.
      }
      case REPEATED -> {
        Subscription current = subscription;
        if (current != null) {
          current.request(1);
        }
      }
      case TAKEN_LAST -> replace();
      case REFUSED -> refused();
      // Silence follows: a link that was reported as ended would be attached again.
      case BEYOND_END -> detach();
    }
  }

  private Arrival deliver(PartitionEvent event) {
    delivering.set(true);
    try {
      if (detached) {
        return Arrival.TOO_LATE;
      }
      hadReceived = true;
      return destination.received(event, event.getData().getSequenceNumber());
    } finally {
      delivering.setRelease(false);
    }
  }

  private void refused() {
    detach();
    PartitionRun.ReceiverEnd refusal = destination.refusal();
    if (refusal != null) {
      ends.ended().accept(refusal);
    }
  }

  @Override
  public void onError(Throwable error) {
    if (!detached) {
      detached = true;
      ends.ended()
          .accept(
              error instanceof Error
                  ? new PartitionRun.ReceiverEnd(
                      FatalReceiveError.of(error), false, hadReceived, false)
                  : errors.receiverEnd(destination.partition(), error, hadReceived));
    }
  }

  /** The SDK reports a lost connection as completion: an event hub's partition never ends. */
  @Override
  public void onComplete() {
    if (!detached) {
      detached = true;
      ends.ended()
          .accept(
              new PartitionRun.ReceiverEnd(
                  new ReceiveException(
                      "the link to " + destination.partition() + " was closed", null, true),
                  false,
                  hadReceived,
                  true,
                  PartitionRun.Fault.NO_REASON));
    }
  }
}
