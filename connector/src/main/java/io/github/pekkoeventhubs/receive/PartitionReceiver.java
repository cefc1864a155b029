// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ReceiveException;
import io.github.pekkoeventhubs.ownership.ConsumerStream;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/**
 * One attached link: moves what the SDK delivers into the intake, and asks for more as the stage
 * emits. Events come on the connection's I/O thread, or within a request on the stage's: nothing
 * here may block, nor hold a lock while requesting.
 */
final class PartitionReceiver implements CoreSubscriber<PartitionEvent> {

  /**
   * Who hears of the end.
   *
   * @param ended called at most once, when the link is gone
   * @param outgrown called at most once instead, when the link was closed here since another one
   *     will hold a better number of events
   */
  record Ends(Consumer<ConsumerStream.ReceiverEnd> ended, Runnable outgrown) {}

  private final Flux<PartitionEvent> events;
  private final PartitionIntake intake;
  private final ServiceErrors errors;
  private final Ends ends;
  private final AtomicLong granted = new AtomicLong();

  private volatile @Nullable Subscription subscription;
  private volatile boolean detached;
  private boolean hadReceived;

  PartitionReceiver(
      Flux<PartitionEvent> events, PartitionIntake intake, ServiceErrors errors, Ends ends) {
    this.events = events;
    this.intake = intake;
    this.errors = errors;
    this.ends = ends;
  }

  /** Attaches; {@code alreadyReceived} events had arrived before, through other links. */
  void start(long alreadyReceived) {
    granted.set(alreadyReceived);
    events.subscribe(this);
  }

  /** How many events may have arrived in all. */
  long granted() {
    return granted.get();
  }

  /** Asks for more events, if it is worth a request. */
  void replenish() {
    Subscription current = subscription;
    if (current == null) {
      return;
    }
    long before = granted.get();
    long credit = intake.worthwhileCredit(before);
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
      switch (intake.received(event, event.getData().getSequenceNumber())) {
        case TAKEN -> {
          // More is asked for when the stage has emitted.
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
      ends.ended().accept(errors.receiverEnd(intake.session().partition(), error, hadReceived));
    }
  }

  /** The SDK reports a lost connection as completion: an event hub's partition never ends. */
  @Override
  public void onComplete() {
    if (!detached) {
      detached = true;
      ends.ended()
          .accept(
              new ConsumerStream.ReceiverEnd(
                  new ReceiveException(
                      "the link to " + intake.session().partition() + " was closed", null, true),
                  false,
                  hadReceived,
                  true));
    }
  }
}
