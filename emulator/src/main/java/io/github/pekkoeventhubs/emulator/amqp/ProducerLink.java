// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.amqp.IdempotentProducers.Publication;
import java.time.Duration;
import java.util.Optional;
import org.apache.qpid.proton.amqp.messaging.Accepted;
import org.apache.qpid.proton.amqp.messaging.Rejected;
import org.apache.qpid.proton.engine.Delivery;
import org.apache.qpid.proton.engine.Receiver;
import org.jspecify.annotations.Nullable;

/** Stores the events that a client sends. */
final class ProducerLink extends ServiceLink {
  private static final int CREDIT = 100;

  private final Receiver receiver;
  private final EventHub eventHub;
  private final @Nullable Partition partition;
  private final boolean idempotent;
  private final FaultPlan faults;
  private final int maxMessageSize;
  private final EventLoop loop;
  private final String hubKey;
  private long deliveries;

  /** By the loop's clock: what comes before then has to wait. */
  private long delayedUntil;

  /**
   * @param partition none if each message is to be routed by its key, or round robin
   * @param idempotent whether events that were stored before are not stored again
   */
  ProducerLink(
      Host connection,
      Receiver receiver,
      EventHub eventHub,
      @Nullable Partition partition,
      boolean idempotent,
      FaultPlan faults,
      int maxMessageSize,
      EventLoop loop) {
    super(connection, receiver);
    this.receiver = receiver;
    this.eventHub = eventHub;
    this.partition = partition;
    this.idempotent = idempotent;
    this.faults = faults;
    this.maxMessageSize = maxMessageSize;
    this.loop = loop;
    this.hubKey = EventHub.key(eventHub.name());
  }

  void begin() {
    eventHub.addProducer(this);
    receiver.flow(CREDIT);
  }

  @Override
  void onReleased() {
    eventHub.removeProducer(this);
  }

  @Override
  void onDelivery(Delivery delivery) {
    if (delivery.isAborted()) {
      delivery.settle();
    } else if (delivery.pending() > maxMessageSize) {
      detach(tooLarge(delivery.pending()));
    } else if (delivery.isReadable() && !delivery.isPartial()) {
      byte[] bytes = new byte[delivery.pending()];
      receiver.recv(bytes, 0, bytes.length);
      Optional<Duration> delay = faults.sendDelay(hubKey);
      if (delay.isPresent() || loop.nanos() < delayedUntil) {
        receiver.advance();
        receiveLater(delivery, bytes, delay.orElse(Duration.ZERO));
      } else {
        received(delivery, bytes);
      }
      deliveries++;
      if (receiver.getCredit() <= CREDIT / 2) {
        receiver.flow(CREDIT - receiver.getCredit());
      }
    }
  }

  /** Messages behind a delayed one wait for it, so that the order of the link is kept. */
  private void receiveLater(Delivery delivery, byte[] bytes, Duration delay) {
    delayedUntil = Math.max(delayedUntil + 1, loop.nanos() + delay.toNanos());
    loop.scheduleAt(
        delayedUntil,
        () -> {
          if (!isReleased()) {
            received(delivery, bytes);
            connection().requestWork();
          }
        });
  }

  private void received(Delivery delivery, byte[] bytes) {
    Optional<ServiceException> rejection = faults.sendRejection(hubKey);
    if (rejection.isPresent()) {
      reject(delivery, rejection.get());
      return;
    }
    try {
      IncomingMessage message = IncomingMessage.parse(bytes, delivery.getMessageFormat());
      store(message, partitionFor(message));
    } catch (ServiceException e) {
      reject(delivery, e);
      return;
    } catch (MalformedMessageException e) {
      reject(
          delivery,
          new ServiceException(ErrorConditions.DECODE_ERROR, String.valueOf(e.getMessage())));
      return;
    }
    if (faults.losesReply(hubKey)) {
      connection().drop();
      return;
    }
    delivery.disposition(Accepted.getInstance());
    // Also moves the link on to the next delivery.
    delivery.settle();
  }

  private void store(IncomingMessage message, Partition target) {
    Optional<Publication> publication = idempotent ? message.publication() : Optional.empty();
    if (publication.filter(target.idempotentProducers()::isDuplicate).isEmpty()) {
      message.appendTo(target);
      publication.ifPresent(
          stored -> target.idempotentProducers().stored(stored, message.eventCount()));
    }
  }

  private Partition partitionFor(IncomingMessage message) {
    if (partition != null) {
      return partition;
    }
    String partitionKey = message.partitionKey();
    return partitionKey == null ? eventHub.nextPartition() : eventHub.partitionForKey(partitionKey);
  }

  private static void reject(Delivery delivery, ServiceException error) {
    Rejected rejected = new Rejected();
    rejected.setError(condition(error));
    delivery.disposition(rejected);
    delivery.settle();
  }

  private ServiceException tooLarge(int size) {
    return new ServiceException(
        ErrorConditions.MESSAGE_SIZE_EXCEEDED,
        ("The received message (delivery-id:%d, size:%d bytes) exceeds the limit (%d bytes)"
                + " currently allowed on the link.")
            .formatted(deliveries, size, maxMessageSize));
  }
}
