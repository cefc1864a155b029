// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.models.EventPosition;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.annotation.InternalApi;

/**
 * Makes subscriptions, which are immutable and safe for all threads. Wrong arguments are refused
 * with an {@link InvalidSettingsException}. If something is missing at run time (a cluster, a
 * store), the stream fails.
 */
public final class Subscriptions {

  private Subscriptions() {}

  /**
   * Pekko Cluster Sharding places one owner actor per partition, on the nodes that run a stream of
   * the consumer group; partitions move when nodes or streams come and go. Needs {@code
   * pekko-cluster-sharding-typed} on the class path, an actor system that is a cluster member, and
   * a partition store in the settings.
   */
  public static Subscription clusterSharded() {
    return new ClusterSharded(Optional.empty());
  }

  /**
   * No Pekko cluster: every process that runs such a stream of the consumer group claims its share
   * of the partitions in the partition store, which the settings must have, and nothing else
   * connects them. Two of them move a partition by asking: its owner lets the stream finish the
   * emitted events, stores the checkpoint and releases the partition. Official processors may share
   * the group; between them and us a partition is taken, not handed over, as among themselves.
   *
   * <p>Partitions of a process that stops or fails are shared by the others soon after it has
   * released them; those of one that has died, when its claims have expired. See {@link
   * BalancedSettings} and {@link OwnershipSettings}.
   */
  public static Subscription balanced() {
    return new Balanced(Optional.empty());
  }

  /**
   * These partitions, wherever else they are read: no claims are made. Reading starts at the
   * checkpoint, if the settings have a store, and else at the initial position, which becomes the
   * checkpoint of a stream that commits. Refused while somebody owns one of them, unless {@link
   * ConsumerSettings#withForcedPartitions()} is set.
   *
   * @throws InvalidSettingsException if no partition is given or one is given twice
   */
  public static Subscription partitions(String... partitionIds) {
    Map<String, Optional<EventPosition>> positions = new LinkedHashMap<>();
    for (String id : Arrays.asList(partitionIds)) {
      if (positions.put(Objects.requireNonNull(id, "partitionId"), Optional.empty()) != null) {
        throw new InvalidSettingsException("partition '" + id + "' is given twice");
      }
    }
    return fixed(positions);
  }

  /**
   * These partitions from these positions, whatever their checkpoints say. While a position lies
   * below the checkpoint, commits are skipped until the checkpoint is passed; one beyond it leaves
   * the checkpoint as it is until something is committed. A sequence number that the partition does
   * not have is treated as {@link PartitionPositions#of} says.
   *
   * @throws InvalidSettingsException if no partition is given
   */
  public static Subscription partitionsFrom(Map<String, EventPosition> positions) {
    Map<String, Optional<EventPosition>> copy = new LinkedHashMap<>();
    positions.forEach((id, position) -> copy.put(id, Optional.of(position)));
    return fixed(copy);
  }

  private static Subscription fixed(Map<String, Optional<EventPosition>> positions) {
    if (positions.isEmpty()) {
      throw new InvalidSettingsException(
          "no partition is given: name at least one, or use Subscriptions.balanced() or"
              + " clusterSharded()");
    }
    return new FixedPartitions(positions, Optional.empty(), Optional.empty());
  }

  private static InvalidSettingsException endless(String subscription) {
    return new InvalidSettingsException(
        "Subscriptions."
            + subscription
            + " has no end, since its partitions come and go: read a bounded range with"
            + " Subscriptions.partitions(..) or partitionsFrom(..)");
  }

  /** See {@link #clusterSharded()}. */
  @InternalApi
  public record ClusterSharded(Optional<ActorRef<PartitionLifecycle>> partitionListener)
      implements Subscription {

    @Override
    public Subscription withPartitionListener(ActorRef<PartitionLifecycle> listener) {
      return new ClusterSharded(Optional.of(listener));
    }

    @Override
    public Subscription until(ReadUntil end) {
      throw endless("clusterSharded()");
    }

    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.clusterSharded(this);
    }
  }

  /** See {@link #balanced()}. */
  @InternalApi
  public record Balanced(Optional<ActorRef<PartitionLifecycle>> partitionListener)
      implements Subscription {

    @Override
    public Subscription withPartitionListener(ActorRef<PartitionLifecycle> listener) {
      return new Balanced(Optional.of(listener));
    }

    @Override
    public Subscription until(ReadUntil end) {
      throw endless("balanced()");
    }

    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.balanced(this);
    }
  }

  /** See {@link #partitions(String...)}; a position is empty where the checkpoint decides. */
  @InternalApi
  public record FixedPartitions(
      Map<String, Optional<EventPosition>> positions,
      Optional<ActorRef<PartitionLifecycle>> partitionListener,
      Optional<ReadUntil> end)
      implements Subscription {

    /** Keeps the order of the partitions. */
    public FixedPartitions {
      positions = Collections.unmodifiableMap(new LinkedHashMap<>(positions));
    }

    @Override
    public Subscription withPartitionListener(ActorRef<PartitionLifecycle> listener) {
      return new FixedPartitions(positions, Optional.of(listener), end);
    }

    @Override
    public Subscription until(ReadUntil newEnd) {
      return new FixedPartitions(positions, partitionListener, Optional.of(newEnd));
    }

    @Override
    public <R> R choose(Kinds<R> kinds) {
      return kinds.fixed(this);
    }
  }
}
