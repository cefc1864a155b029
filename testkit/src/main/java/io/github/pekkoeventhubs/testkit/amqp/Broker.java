// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.amqp;

import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The event hubs of the service, without anything of its protocol.
 *
 * <p>Not thread-safe: reached through {@link AmqpService#call}, which runs everything on the thread
 * of the event loop. Methods that take names throw a {@link ServiceException} for what does not
 * exist.
 */
@InternalApi
public final class Broker {
  private final Clock clock;
  private final OffsetFormat offsetFormat;
  private final Retention retention;
  private final Map<String, EventHub> eventHubs = new TreeMap<>();
  private final FaultPlan faults = new FaultPlan();

  Broker(Clock clock, OffsetFormat offsetFormat, Retention retention) {
    this.clock = clock;
    this.offsetFormat = offsetFormat;
    this.retention = retention;
  }

  /**
   * @throws IllegalArgumentException if there is one of this name
   */
  public void createEventHub(String name, int partitionCount, Collection<String> consumerGroups) {
    if (eventHubs.containsKey(EventHub.key(name))) {
      throw new IllegalArgumentException("There already is an event hub named '" + name + "'");
    }
    EventHub eventHub =
        new EventHub(
            name,
            partitionCount,
            clock.instant(),
            () -> new PartitionLog(offsetFormat, clock, retention));
    consumerGroups.forEach(eventHub::addConsumerGroup);
    eventHubs.put(EventHub.key(name), eventHub);
  }

  /** Removes the event hub with its events and disconnects its clients. */
  public void deleteEventHub(String name) {
    EventHub eventHub = eventHub(name);
    eventHubs.remove(EventHub.key(name));
    eventHub.detachAll();
  }

  /** Replaces the event hub by an empty one with the same consumer groups. */
  public void recreateEventHub(String name, int partitionCount) {
    EventHub old = eventHub(name);
    deleteEventHub(name);
    createEventHub(old.name(), partitionCount, old.consumerGroups());
  }

  public void growEventHub(String name, int partitionCount) {
    eventHub(name).growTo(partitionCount);
  }

  public List<String> eventHubs() {
    return eventHubs.values().stream().map(EventHub::name).toList();
  }

  public void addConsumerGroup(String eventHub, String consumerGroup) {
    eventHub(eventHub).addConsumerGroup(consumerGroup);
  }

  public void removeConsumerGroup(String eventHub, String consumerGroup) {
    eventHub(eventHub).removeConsumerGroup(consumerGroup);
  }

  public List<String> partitionIds(String eventHub) {
    return eventHub(eventHub).partitions().stream().map(Partition::id).toList();
  }

  /** Stores encoded messages and returns the sequence number of the last one. */
  public long append(String eventHub, String partitionId, List<byte[]> messages) {
    return append(partition(eventHub, partitionId), messages, null);
  }

  /** Stores encoded messages where events with this key belong; returns that partition. */
  public String appendWithKey(String eventHub, String partitionKey, List<byte[]> messages) {
    Partition partition = eventHub(eventHub).partitionForKey(partitionKey);
    append(partition, messages, partitionKey);
    return partition.id();
  }

  public List<LogEntry> entries(String eventHub, String partitionId) {
    PartitionLog log = partition(eventHub, partitionId).log();
    log.expire();
    return log.entries();
  }

  public PartitionSnapshot partitionSnapshot(String eventHub, String partitionId) {
    Partition partition = partition(eventHub, partitionId);
    PartitionLog log = partition.log();
    log.expire();
    LogEntry last = log.last();
    return new PartitionSnapshot(
        partition.id(),
        log.firstSequenceNumber(),
        log.nextSequenceNumber() - 1,
        last == null ? StartPosition.EARLIEST.value() : last.offset(),
        log.size(),
        partition.attaches(),
        partition.delivered());
  }

  /** All receivers that are attached, by event hub and partition. */
  public List<ReceiverSnapshot> receivers() {
    return eventHubs.values().stream()
        .flatMap(eventHub -> eventHub.partitions().stream())
        .flatMap(partition -> partition.subscriptions().stream())
        .map(Broker::snapshot)
        .toList();
  }

  public void retain(String eventHub, Retention newRetention) {
    eventHub(eventHub).partitions().forEach(partition -> partition.log().retain(newRetention));
  }

  /** Removes all events of the partition before this sequence number. */
  public void removeBefore(String eventHub, String partitionId, long sequenceNumber) {
    partition(eventHub, partitionId).log().removeBefore(sequenceNumber);
  }

  /** Disconnects the receivers of a partition; politely when there is no error. */
  public Fault detachReceivers(
      String eventHub, String partitionId, @Nullable ServiceException error) {
    Fault fault = new Fault(0);
    fault.struck(partition(eventHub, partitionId).detachReceivers(error));
    return fault;
  }

  public Fault refuseAttaches(int times, ServiceException error) {
    return faults.refuseAttaches(times, error);
  }

  public Fault rejectSends(int times, ServiceException error) {
    return faults.rejectSends(times, error);
  }

  public Fault loseReplies(int times) {
    return faults.loseReplies(times);
  }

  FaultPlan faults() {
    return faults;
  }

  void expireEvents() {
    forEachPartition(partition -> partition.log().expire());
  }

  EventHub eventHub(String name) {
    EventHub eventHub = eventHubs.get(EventHub.key(name));
    if (eventHub == null) {
      throw ServiceException.notFound(name);
    }
    return eventHub;
  }

  Partition partition(String eventHub, String partitionId) {
    return eventHub(eventHub).partition(partitionId);
  }

  private void forEachPartition(Consumer<Partition> action) {
    eventHubs.values().forEach(eventHub -> eventHub.partitions().forEach(action));
  }

  private static long append(
      Partition partition, List<byte[]> messages, @Nullable String partitionKey) {
    for (byte[] message : messages) {
      partition.append(message, 0, message.length, partitionKey);
    }
    partition.wakeSubscriptions();
    return partition.log().nextSequenceNumber() - 1;
  }

  private static ReceiverSnapshot snapshot(Subscription subscription) {
    Partition partition = subscription.partition();
    return new ReceiverSnapshot(
        partition.eventHub().name(),
        subscription.consumerGroup(),
        partition.id(),
        subscription.ownerLevel(),
        subscription.receiverName(),
        subscription.delivered());
  }
}
