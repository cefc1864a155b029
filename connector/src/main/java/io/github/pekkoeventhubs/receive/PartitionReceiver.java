// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.ReceiveException;
import io.github.pekkoeventhubs.ownership.PartitionRun;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
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
    /** The event had arrived before. */
    REPEATED,
    /** The event waits for the stage, and another link would hold a better number of the next. */
    TAKEN_LAST
  }

  /** The place to which a link delivers its events. */
  interface Destination {

    /** The partition whose events are delivered. */
    EventHubPartition partition();

    /** Takes an event in. Called by one thread at a time, as Reactor guarantees. */
    Arrival received(PartitionEvent event, long sequenceNumber);

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
  private final ServiceErrors errors;
  private final Ends ends;
  private final AtomicLong granted = new AtomicLong();

  private volatile @Nullable Subscription subscription;
  private volatile boolean detached;
  private boolean hadReceived;

  PartitionReceiver(
      Flux<PartitionEvent> events, Destination destination, ServiceErrors errors, Ends ends) {
    this.events = events;
    this.destination = destination;
    this.errors = errors;
    this.ends = ends;
  }

  /** Attaches; {@code alreadyReceived} events had arrived before, through other links. */
  void start(long alreadyReceived) {
    granted.set(alreadyReceived);
    events.subscribe(this);
  }

  /** How many events were requested since the epoch began, over all links. */
  long granted() {
    return granted.get();
  }

  /** Requests more events, if that is worth a request. */
  void replenish() {
    Subscription current = subscription;
    if (current == null) {
      return;
    }
    long before = granted.get();
    long credit = destination.worthwhileCredit(before);
    if (credit > 0 && granted.compareAndSet(before, before + credit)) {
      current.request(credit);
    }
  }

  /** Closes the link; nothing is reported any more. */
  void detach() {
    detached = true;
    Subscription current = subscription;
    if (current != null) {
      current.cancel();
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
    if (detached) {
      return;
    }
    hadReceived = true;
    try {
      switch (destination.received(event, event.getData().getSequenceNumber())) {
        case TAKEN -> {
          // The stage requests more when it has emitted.
        }
        case REPEATED -> {
          Subscription current = subscription;
          if (current != null) {
            current.request(1);
          }
        }
        case TAKEN_LAST -> {
          detach();
          ends.outgrown().run();
        }
      }
    } catch (RuntimeException e) {
      Subscription current = subscription;
      if (current != null) {
        current.cancel();
      }
      onError(e);
    }
  }

  @Override
  public void onError(Throwable error) {
    if (!detached) {
      detached = true;
      ends.ended().accept(errors.receiverEnd(destination.partition(), error, hadReceived));
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
                  true));
    }
  }
}
