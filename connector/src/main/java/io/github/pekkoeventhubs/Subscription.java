// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Optional;
import org.apache.pekko.actor.typed.ActorRef;

/**
 * Decides which partitions a stream reads; made by {@link Subscriptions}. Immutable, and safe for
 * all threads. What it needs and does not find (a cluster, a store, a partition) fails the stream
 * when it is run.
 */
public sealed interface Subscription
    permits Subscriptions.ClusterSharded, Subscriptions.Balanced, Subscriptions.FixedPartitions {

  /**
   * The same subscription, with an actor that is told when partitions come and go. Messages are
   * sent in the order of events of each partition, and never wait for the actor.
   */
  Subscription withPartitionListener(ActorRef<PartitionLifecycle> listener);

  /** The actor that is told when partitions come and go, if there is one. */
  Optional<ActorRef<PartitionLifecycle>> partitionListener();
}
