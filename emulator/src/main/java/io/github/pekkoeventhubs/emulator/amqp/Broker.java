// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The event hubs of the service, without anything of its protocol.
 *
 * <p>Not thread-safe: reached through {@link AmqpService#call}, which runs everything on the thread
 * of the event loop. Methods that take names throw a {@link ServiceException} for what does not
 * exist.
 */
@Internal
public final class Broker {
  private final Clock clock;
  private final OffsetFormat offsetFormat;
  private final Retention retention;
  private final @Nullable Path directory;
  private final Map<String, EventHub> eventHubs = new TreeMap<>();
  private final FaultPlan faults = new FaultPlan();

  /**
   * @param directory where events are kept; null for nowhere
   */
  Broker(Clock clock, OffsetFormat offsetFormat, Retention retention, @Nullable Path directory) {
    this.clock = clock;
    this.directory = directory;
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
    requireNoPartitionsBeyond(name, partitionCount);
    EventHub eventHub =
        new EventHub(
            name,
            partitionCount,
            clock.instant(),
            partitionId ->
                new PartitionLog(offsetFormat, clock, retention, file(name, partitionId)));
    consumerGroups.forEach(eventHub::addConsumerGroup);
    eventHubs.put(EventHub.key(name), eventHub);
  }

  /** Events of a partition that is left out would be lost in silence. */
  private void requireNoPartitionsBeyond(String name, int partitionCount) {
    int kept = directory == null ? 0 : PartitionFile.partitionsWithEvents(folder(directory, name));
    if (kept > partitionCount) {
      throw new IllegalArgumentException(
          ("The event hub '%s' is to have %d partitions, and events of %d are kept in %s: ask for"
                  + " at least %d, or delete the folder")
              .formatted(name, partitionCount, kept, directory, kept));
    }
  }

  /** Removes the event hub with its events and disconnects its clients. */
  public void deleteEventHub(String name) {
    removeEventHub(eventHub(name), ServiceException.notFound(name));
  }

  /**
   * Replaces the event hub by an empty one with the same consumer groups; returns the number of
   * disconnected links.
   */
  public Fault recreateEventHub(String name, int partitionCount) {
    return replaceEventHub(name, partitionCount, ServiceException.notFound(name));
  }

  /**
   * Leads the name to another event hub, which is empty and has the same consumer groups. Clients
   * are disconnected without an error, as when an alias is failed over; returns the number of their
   * links.
   */
  public Fault failOver(String name, int partitionCount) {
    return replaceEventHub(name, partitionCount, null);
  }

  private Fault replaceEventHub(
      String name, int partitionCount, @Nullable ServiceException reason) {
    EventHub old = eventHub(name);
    Fault fault = new Fault(0);
    fault.struck(old.linkCount());
    removeEventHub(old, reason);
    createEventHub(old.name(), partitionCount, old.consumerGroups());
    return fault;
  }

  private void removeEventHub(EventHub eventHub, @Nullable ServiceException reason) {
    eventHubs.remove(EventHub.key(eventHub.name()));
    eventHub.detachAll(reason);
    eventHub.partitions().forEach(partition -> partition.log().discard());
  }

  public void growEventHub(String name, int partitionCount) {
    eventHub(name).growTo(partitionCount);
  }

  public List<String> eventHubs() {
    return eventHubs.values().stream().map(EventHub::name).toList();
  }

  public List<String> consumerGroups(String eventHub) {
    return eventHub(eventHub).consumerGroups().stream()
        .sorted(String.CASE_INSENSITIVE_ORDER)
        .toList();
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

  /** Disconnects the receivers of a partition; without an error if it is null. */
  public Fault detachReceivers(
      String eventHub, String partitionId, @Nullable ServiceException error) {
    Fault fault = new Fault(0);
    fault.struck(partition(eventHub, partitionId).detachReceivers(error));
    return fault;
  }

  /** Disconnects the producers of an event hub, or of all; without an error if it is null. */
  public Fault detachSenders(@Nullable String eventHub, @Nullable ServiceException error) {
    Fault fault = new Fault(0);
    eventHubsIn(eventHub).forEach(hub -> fault.struck(hub.detachProducers(error)));
    return fault;
  }

  /** Disconnects everyone who receives from or sends to an event hub, or to any. */
  public Fault detachLinks(@Nullable String eventHub, @Nullable ServiceException error) {
    Fault fault = detachSenders(eventHub, error);
    for (EventHub hub : eventHubsIn(eventHub)) {
      hub.partitions().forEach(partition -> fault.struck(partition.detachReceivers(error)));
    }
    return fault;
  }

  public Fault refuseAttaches(
      @Nullable String eventHub, LinkKind kind, int times, ServiceException error) {
    return faults.refuseAttaches(eventHub, kind, times, error);
  }

  public Fault loseAttaches(@Nullable String eventHub, LinkKind kind, int times) {
    return faults.loseAttaches(eventHub, kind, times);
  }

  public Fault rejectSends(@Nullable String eventHub, int times, ServiceException error) {
    return faults.rejectSends(eventHub, times, error);
  }

  public Fault delaySends(@Nullable String eventHub, int times, Duration delay) {
    return faults.delaySends(eventHub, times, delay);
  }

  public Fault ignorePartitionQuestions(@Nullable String eventHub, int times) {
    return faults.ignorePartitionQuestions(eventHub, times);
  }

  public Fault loseReplies(@Nullable String eventHub, int times) {
    return faults.loseReplies(eventHub, times);
  }

  /** The faults that wait for attaches, sends and questions. */
  public Set<Fault> waitingFaults() {
    return faults.waiting();
  }

  /** As retention does; says how many events were removed. */
  public Fault moveRetention(String eventHub, String partitionId, long sequenceNumber) {
    Fault fault = new Fault(0);
    fault.struck(partition(eventHub, partitionId).log().removeBefore(sequenceNumber));
    return fault;
  }

  /** Attaches a receiver that takes nothing, which disconnects those with lower owner levels. */
  public Thief steal(String eventHub, String consumerGroup, String partitionId, long ownerLevel) {
    eventHub(eventHub).requireConsumerGroup(consumerGroup);
    Partition partition = partition(eventHub, partitionId);
    PartitionReceivers receivers = partition.receiversOf(consumerGroup);
    Thief thief = new Thief();
    int before = receivers.all().size();
    Subscription subscription =
        new Subscription(
            partition,
            consumerGroup,
            ownerLevel,
            "thief",
            partition.log().nextSequenceNumber(),
            thief);
    receivers.add(subscription);
    thief.begin(subscription, before);
    return thief;
  }

  /** Closes the files, after the last event. */
  void close() {
    forEachPartition(partition -> partition.log().close());
  }

  private @Nullable Path file(String eventHub, String partitionId) {
    return directory == null
        ? null
        : folder(directory, eventHub).resolve(partitionId + PartitionFile.SUFFIX);
  }

  private static Path folder(Path directory, String eventHub) {
    return directory.resolve(URLEncoder.encode(EventHub.key(eventHub), StandardCharsets.UTF_8));
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

  private List<EventHub> eventHubsIn(@Nullable String eventHub) {
    return eventHub == null ? List.copyOf(eventHubs.values()) : List.of(eventHub(eventHub));
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
    Subscription.Origin partition = subscription.partition();
    return new ReceiverSnapshot(
        partition.eventHub(),
        subscription.consumerGroup(),
        partition.id(),
        subscription.ownerLevel(),
        subscription.receiverName(),
        subscription.delivered());
  }
}
