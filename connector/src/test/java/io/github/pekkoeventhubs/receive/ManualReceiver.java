// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;

/** A link in the place of the SDK's: a test says what comes, and sees what is asked for. */
final class ManualReceiver extends Flux<PartitionEvent> {

  private final Runnable beforeRequest;
  private @Nullable CoreSubscriber<? super PartitionEvent> subscriber;
  private long requested;
  private long delivered;
  private boolean cancelled;
  private long supplied;
  private boolean delivering;

  /**
   * @param beforeRequest called on the thread of each request
   */
  ManualReceiver(Runnable beforeRequest) {
    this.beforeRequest = beforeRequest;
  }

  @Override
  public void subscribe(CoreSubscriber<? super PartitionEvent> actual) {
    subscriber = actual;
    actual.onSubscribe(
        new Subscription() {
          @Override
          public void request(long events) {
            beforeRequest.run();
            requested += events;
            deliverSupply();
          }

          @Override
          public void cancel() {
            cancelled = true;
          }
        });
  }

  private CoreSubscriber<? super PartitionEvent> attached() {
    return Objects.requireNonNull(subscriber, "nobody has attached");
  }

  /** Delivers an event whether or not it was asked for. */
  void deliver(PartitionEvent event) {
    delivered++;
    attached().onNext(event);
  }

  /** Events from number 0 on wait, as in the SDK, and come when they are asked for. */
  void supply(long events) {
    supplied = events;
    deliverSupply();
  }

  /** The same for a link that begins with a later event. */
  void supplyFrom(long first, long events) {
    requested += first;
    delivered = first;
    supply(events);
  }

  private void deliverSupply() {
    if (delivering) {
      return;
    }
    delivering = true;
    while (supplied > delivered && credit() > 0) {
      deliver(TestEvents.event(delivered));
    }
    delivering = false;
  }

  void complete() {
    attached().onComplete();
  }

  void fail(Throwable error) {
    attached().onError(error);
  }

  long requested() {
    return requested;
  }

  /** How many events may still be delivered. */
  long credit() {
    return requested - delivered;
  }

  boolean isCancelled() {
    return cancelled;
  }
}
