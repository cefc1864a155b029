// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A partition of an event hub: its events and those who receive them. */
final class Partition implements Subscription.Origin {
  private final String eventHub;
  private final String id;
  private final PartitionLog log;
  private final DeliveryGate deliveryGate = new DeliveryGate();
  private final Map<String, PartitionReceivers> receivers = new TreeMap<>();
  private final IdempotentProducers idempotentProducers = new IdempotentProducers();
  private long attaches;
  private long delivered;

  Partition(String eventHub, String id, PartitionLog log) {
    this.eventHub = eventHub;
    this.id = id;
    this.log = log;
  }

  /** The name of its event hub. */
  @Override
  public String eventHub() {
    return eventHub;
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public PartitionLog log() {
    return log;
  }

  @Override
  public DeliveryGate deliveryGate() {
    return deliveryGate;
  }

  IdempotentProducers idempotentProducers() {
    return idempotentProducers;
  }

  /** Stores an event; {@link #wakeSubscriptions()} has to follow the last one. */
  LogEntry append(byte[] source, int from, int to, @Nullable String partitionKey) {
    return log.append(source, from, to, partitionKey);
  }

  void wakeSubscriptions() {
    receivers.values().forEach(PartitionReceivers::wake);
  }

  /** Counts an attach that was admitted, whether or not it is still there. */
  void countAttach() {
    attaches++;
  }

  @Override
  public void countDelivery() {
    delivered++;
  }

  long attaches() {
    return attaches;
  }

  long delivered() {
    return delivered;
  }

  PartitionReceivers receiversOf(String consumerGroup) {
    return receivers.computeIfAbsent(
        consumerGroup.toLowerCase(Locale.ROOT), group -> new PartitionReceivers());
  }

  @Override
  public void remove(Subscription subscription) {
    receiversOf(subscription.consumerGroup()).remove(subscription);
  }

  List<Subscription> subscriptions() {
    return receivers.values().stream().flatMap(group -> group.all().stream()).toList();
  }

  /** Disconnects all receivers and says how many there were. */
  int detachReceivers(@Nullable ServiceException error) {
    List<Subscription> subscriptions = subscriptions();
    for (Subscription subscription : subscriptions) {
      subscription.cancel();
      subscription.sink().detach(error);
    }
    return subscriptions.size();
  }
}
