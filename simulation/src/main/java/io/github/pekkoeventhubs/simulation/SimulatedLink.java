// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import com.azure.core.amqp.exception.AmqpErrorCondition;
import com.azure.core.amqp.exception.AmqpErrorContext;
import com.azure.core.amqp.exception.AmqpException;
import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;

/** A link of a node to a partition, with the credit that the node has given. */
final class SimulatedLink implements Subscription, HubLink {

  private static final int MOST_AT_ONCE = 16;

  private final World world;
  private final SimulatedProcess node;
  private final SimulatedPartition log;
  private final PartitionContext context;
  private final long ownerLevel;
  private final CoreSubscriber<? super PartitionEvent> subscriber;
  private final LinkWatch watch;
  private long position;
  private long credit;
  private boolean attached;
  private boolean underWay;
  private boolean silent;
  private boolean ended;

  SimulatedLink(
      World world,
      SimulatedProcess node,
      SimulatedPartition log,
      PartitionContext context,
      long ownerLevel,
      CoreSubscriber<? super PartitionEvent> subscriber,
      long position,
      int prefetch) {
    this.world = world;
    this.node = node;
    this.log = log;
    this.context = context;
    this.ownerLevel = ownerLevel;
    this.subscriber = subscriber;
    this.position = position;
    this.watch = log.attaches(node, position, prefetch);
  }

  @Override
  public long ownerLevel() {
    return ownerLevel;
  }

  @Override
  public boolean isOf(SimulatedProcess process) {
    return node == process;
  }

  @Override
  public void request(long n) {
    credit += n;
    available();
  }

  @Override
  public void cancel() {
    detach();
  }

  /**
   * The service has answered: receivers with a lower level go, as do older ones of the same.
   *
   * @param first the event from which the service sends, as it has found now
   */
  void attached(long first) {
    if (ended) {
      return;
    }
    position = first;
    for (HubLink other : new ArrayList<>(log.links)) {
      if (other.ownerLevel() > ownerLevel) {
        steal();
        return;
      }
      if (ownerLevel >= 0) {
        other.steal();
      }
    }
    attached = true;
    log.links.add(this);
    available();
  }

  private void detach() {
    ended = true;
    log.links.remove(this);
  }

  @Override
  public void look() {
    watch.holds(Math.max(position, log.first()), attached && !ended && !silent);
  }

  @Override
  public void available() {
    look();
    if (attached && !ended && !silent && !underWay && credit > 0 && position < log.end()) {
      underWay = true;
      world.after(node, world.between(0, 5), "delivery", this::deliver);
    }
  }

  private void deliver() {
    underWay = false;
    for (int i = 0; i < MOST_AT_ONCE && isToDeliver(); i++) {
      position = Math.max(position, log.first());
      SimulatedEvent event = log.event(position);
      position++;
      credit--;
      log.received(node, event.getSequenceNumber());
      watch.passes(event.getSequenceNumber());
      subscriber.onNext(new PartitionEvent(context, event, null));
    }
    available();
  }

  private boolean isToDeliver() {
    return !ended && !silent && credit > 0 && Math.max(position, log.first()) < log.end();
  }

  @Override
  public void fallSilent() {
    silent = true;
  }

  @Override
  public void close() {
    end(subscriber::onComplete);
  }

  @Override
  public void fail() {
    end(
        () ->
            subscriber.onError(
                new AmqpException(
                    true,
                    AmqpErrorCondition.LINK_DETACH_FORCED,
                    "the link was detached",
                    new AmqpErrorContext(context.getFullyQualifiedNamespace()))));
  }

  /** The service does not know the offset. */
  void refuse(@Nullable String offset) {
    end(
        () ->
            subscriber.onError(
                new AmqpException(
                    false,
                    AmqpErrorCondition.ARGUMENT_ERROR,
                    "The supplied offset '" + offset + "' is invalid.",
                    new AmqpErrorContext(context.getFullyQualifiedNamespace()))));
  }

  @Override
  public void steal() {
    end(
        () ->
            subscriber.onError(
                new AmqpException(
                    false,
                    AmqpErrorCondition.LINK_STOLEN,
                    "a receiver with a higher epoch has come",
                    new AmqpErrorContext(context.getFullyQualifiedNamespace()))));
  }

  private void end(Runnable signal) {
    if (ended) {
      return;
    }
    detach();
    world.after(node, world.between(0, 10), "link end", signal);
  }
}
