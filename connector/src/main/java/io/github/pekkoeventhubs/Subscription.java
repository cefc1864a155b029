// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.annotation.InternalApi;

/**
 * Decides which partitions a stream reads; made by {@link Subscriptions}. Immutable, and safe for
 * all threads. If something that it needs is missing (a cluster, a store, a partition), the stream
 * fails when it is run.
 */
public sealed interface Subscription
    permits Subscriptions.ClusterSharded, Subscriptions.Balanced, Subscriptions.FixedPartitions {

  /**
   * The same subscription, with an actor that is told when partitions come and go. Messages are
   * sent in the order of events of each partition, and never wait for the actor.
   */
  Subscription withPartitionListener(ActorRef<PartitionLifecycle> listener);

  /**
   * The same subscription for a stream that completes when every partition has been read to an end:
   * {@code plainSource}, {@code committableSource} and {@code sourceWithOffsetContext}. Emitted
   * events are committed before the stream gives its partitions up. An event beyond the end is not
   * emitted. A partition that is empty, or begins beyond its end, is at its end; so is one whose
   * events the service has removed. The stream starts with a question to the service, and fails
   * with an {@link EventHubsException} if that is not answered within {@code metadata-timeout}.
   *
   * @throws InvalidSettingsException for {@code clusterSharded()} and {@code balanced()}, whose
   *     partitions come and go: no node can tell when all of them have been read
   */
  Subscription until(ReadUntil end);

  /** Where reading ends; empty if it does not. */
  default Optional<ReadUntil> end() {
    return Optional.empty();
  }

  /** The actor that is told when partitions come and go, if there is one. */
  Optional<ActorRef<PartitionLifecycle>> partitionListener();

  /** Calls the method of this kind of subscription. */
  @InternalApi
  <R> R choose(Kinds<R> kinds);

  /** One method for each kind of subscription: a kind without one does not compile. */
  @InternalApi
  interface Kinds<R> {
    R clusterSharded(Subscriptions.ClusterSharded subscription);

    R balanced(Subscriptions.Balanced subscription);

    R fixed(Subscriptions.FixedPartitions subscription);
  }
}
