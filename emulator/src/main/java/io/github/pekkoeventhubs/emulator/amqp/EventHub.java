// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** An event hub: its partitions, its consumer groups and the producers attached to it. */
final class EventHub {
  static final String DEFAULT_CONSUMER_GROUP = "$Default";

  private final String name;
  private final Instant createdAt;
  private final Function<String, PartitionLog> logs;
  private final List<Partition> partitions = new ArrayList<>();
  private final Set<String> consumerGroups = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
  private final Set<AttachedLink> producers = new HashSet<>();
  private int roundRobin;

  /**
   * @param logs makes the log of a new partition with this id
   */
  EventHub(
      String name, int partitionCount, Instant createdAt, Function<String, PartitionLog> logs) {
    this.name = name;
    this.createdAt = createdAt;
    this.logs = logs;
    consumerGroups.add(DEFAULT_CONSUMER_GROUP);
    growTo(partitionCount);
  }

  String name() {
    return name;
  }

  Instant createdAt() {
    return createdAt;
  }

  List<Partition> partitions() {
    return Collections.unmodifiableList(partitions);
  }

  void growTo(int partitionCount) {
    while (partitions.size() < partitionCount) {
      String id = Integer.toString(partitions.size());
      partitions.add(new Partition(name, id, logs.apply(id)));
    }
  }

  Partition partition(String id) {
    return partitions.stream()
        .filter(partition -> partition.id().equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new ServiceException(
                    ErrorConditions.ARGUMENT_OUT_OF_RANGE,
                    ("The specified partition is invalid for an EventHub partition sender or"
                            + " receiver. It should be between 0 and %d.")
                        .formatted(partitions.size() - 1)));
  }

  Partition partitionForKey(String partitionKey) {
    return partitions.get(PartitionKeyHash.partitionFor(partitionKey, partitions.size()));
  }

  /** The partition for the next event or batch that names none and has no key. */
  Partition nextPartition() {
    roundRobin = (roundRobin + 1) % partitions.size();
    return partitions.get(roundRobin);
  }

  void addConsumerGroup(String consumerGroup) {
    consumerGroups.add(consumerGroup);
  }

  /** Removes the group and disconnects its receivers. */
  void removeConsumerGroup(String consumerGroup) {
    requireConsumerGroup(consumerGroup);
    consumerGroups.remove(consumerGroup);
    for (Partition partition : partitions) {
      for (Subscription subscription : partition.receiversOf(consumerGroup).all()) {
        subscription.cancel();
        subscription.sink().detach(groupNotFound(consumerGroup));
      }
    }
  }

  void requireConsumerGroup(String consumerGroup) {
    if (!consumerGroups.contains(consumerGroup)) {
      throw groupNotFound(consumerGroup);
    }
  }

  Set<String> consumerGroups() {
    return Set.copyOf(consumerGroups);
  }

  void addProducer(AttachedLink producer) {
    producers.add(producer);
  }

  void removeProducer(AttachedLink producer) {
    producers.remove(producer);
  }

  /** Disconnects every client: the event hub is gone. Without an error if it is null. */
  void detachAll(@Nullable ServiceException error) {
    partitions.forEach(partition -> partition.detachReceivers(error));
    detachProducers(error);
  }

  /** Disconnects all producers and says how many there were. */
  int detachProducers(@Nullable ServiceException error) {
    List<AttachedLink> links = List.copyOf(producers);
    producers.clear();
    links.forEach(producer -> producer.detach(error));
    return links.size();
  }

  /** How many links receive from it or send to it. */
  int linkCount() {
    return producers.size()
        + partitions.stream().mapToInt(partition -> partition.subscriptions().size()).sum();
  }

  /** Event hubs are found whatever the case of their names. */
  static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private ServiceException groupNotFound(String consumerGroup) {
    return ServiceException.notFound(name + "/ConsumerGroups/" + consumerGroup);
  }
}
