// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.log;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import java.util.function.BiConsumer;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The names of what a log line is about, each null where it is not known. Immutable.
 *
 * @param namespace the fully qualified namespace
 * @param eventHub the name of the event hub
 * @param consumerGroup the name of the consumer group
 * @param partitionId the id of the partition
 * @param epoch the epoch of the partition's ownership, as {@link #epochOf} names it
 */
@InternalApi
public record LogKeys(
    @Nullable String namespace,
    @Nullable String eventHub,
    @Nullable String consumerGroup,
    @Nullable String partitionId,
    @Nullable String epoch) {

  /** The key of the namespace. */
  public static final String NAMESPACE = "eventhubs.namespace";

  /** The key of the event hub. */
  public static final String EVENT_HUB = "eventhubs.hub";

  /** The key of the consumer group. */
  public static final String CONSUMER_GROUP = "eventhubs.group";

  /** The key of the partition. */
  public static final String PARTITION = "eventhubs.partition";

  /** The key of the epoch. */
  public static final String EPOCH = "eventhubs.epoch";

  /** An empty name is one that is not known. */
  public LogKeys {
    namespace = orNull(namespace);
    eventHub = orNull(eventHub);
    consumerGroup = orNull(consumerGroup);
    partitionId = orNull(partitionId);
    epoch = orNull(epoch);
  }

  private static @Nullable String orNull(@Nullable String name) {
    return name == null || name.isEmpty() ? null : name;
  }

  /** For a line about the process as a whole. */
  public static final LogKeys NONE = new LogKeys(null, null, null, null, null);

  /** The names of an event hub. */
  public static LogKeys ofEventHub(@Nullable String namespace, @Nullable String eventHub) {
    return new LogKeys(namespace, eventHub, null, null, null);
  }

  /** The names of a consumer group. */
  public static LogKeys ofGroup(
      @Nullable String namespace, @Nullable String eventHub, @Nullable String consumerGroup) {
    return new LogKeys(namespace, eventHub, consumerGroup, null, null);
  }

  /** The names of the consumer group in which this partition is read. */
  public static LogKeys ofGroup(EventHubPartition any) {
    return ofGroup(any.namespace(), any.eventHub(), any.consumerGroup());
  }

  /** The names of a partition. */
  public static LogKeys of(EventHubPartition partition) {
    return ofGroup(partition).partition(partition.partitionId());
  }

  /** The names of a partition during an epoch. */
  public static LogKeys of(PartitionEpoch epoch) {
    LogKeys keys = of(epoch.partition());
    return new LogKeys(
        keys.namespace, keys.eventHub, keys.consumerGroup, keys.partitionId, epochOf(epoch));
  }

  /** The same with this partition; without one if it is null. */
  public LogKeys partition(@Nullable String id) {
    return new LogKeys(namespace, eventHub, consumerGroup, id, null);
  }

  /**
   * The number of an epoch: its fencing token, which is the same in all processes; without a claim
   * that fences, its number in this process.
   */
  public static String epochOf(PartitionEpoch epoch) {
    return Long.toString(epoch.fencingToken().orElse(epoch.number()));
  }

  void forEach(BiConsumer<String, @Nullable String> use) {
    use.accept(NAMESPACE, namespace);
    use.accept(EVENT_HUB, eventHub);
    use.accept(CONSUMER_GROUP, consumerGroup);
    use.accept(PARTITION, partitionId);
    use.accept(EPOCH, epoch);
  }
}
