// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import org.jspecify.annotations.Nullable;

/**
 * One receiver of one partition: its identity, and the position up to which events have been sent
 * to it.
 */
final class Subscription {

  /** The partition that is received, as far as it concerns a receiver. */
  interface Origin {
    String eventHub();

    String id();

    PartitionLog log();

    DeliveryGate deliveryGate();

    void countDelivery();

    void remove(Subscription subscription);
  }

  private final Origin partition;
  private final String consumerGroup;
  private final @Nullable Long ownerLevel;
  private final String receiverName;
  private final EventSink sink;
  private long nextSequenceNumber;
  private long delivered;

  Subscription(
      Origin partition,
      String consumerGroup,
      @Nullable Long ownerLevel,
      String receiverName,
      long firstSequenceNumber,
      EventSink sink) {
    this.partition = partition;
    this.consumerGroup = consumerGroup;
    this.ownerLevel = ownerLevel;
    this.receiverName = receiverName;
    this.nextSequenceNumber = firstSequenceNumber;
    this.sink = sink;
  }

  Origin partition() {
    return partition;
  }

  String consumerGroup() {
    return consumerGroup;
  }

  /** The epoch of the receiver; none for one that shares the partition. */
  @Nullable Long ownerLevel() {
    return ownerLevel;
  }

  String receiverName() {
    return receiverName;
  }

  EventSink sink() {
    return sink;
  }

  long delivered() {
    return delivered;
  }

  /** Sends what there is to send as long as the sink takes it. */
  void pump() {
    PartitionLog log = partition.log();
    nextSequenceNumber = Math.max(nextSequenceNumber, log.firstSequenceNumber());
    while (nextSequenceNumber < log.nextSequenceNumber()
        && sink.isWritable()
        && partition.deliveryGate().pass()) {
      sink.write(log.get(nextSequenceNumber));
      nextSequenceNumber++;
      delivered++;
      partition.countDelivery();
    }
  }

  /** Whether something is there that the client could be sent. */
  boolean hasPending() {
    return nextSequenceNumber < partition.log().nextSequenceNumber();
  }

  void cancel() {
    partition.remove(this);
  }
}
