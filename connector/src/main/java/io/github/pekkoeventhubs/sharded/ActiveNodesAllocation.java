// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.sharding.ShardCoordinator;
import org.apache.pekko.dispatch.Futures;
import scala.collection.immutable.IndexedSeq;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tells cluster sharding where partitions go, by the {@link AllocationPolicy}. If no node runs a
 * stream, a partition stays on the node that asked for it: its owner waits there without a claim.
 *
 * <p>Sharding calls this on the node of the coordinator, one call at a time.
 */
final class ActiveNodesAllocation extends ShardCoordinator.AbstractShardAllocationStrategy {

  /** The facts about the cluster that the strategy needs. */
  interface ClusterView {

    /** The addresses of the nodes that run a stream of the group. */
    Set<Address> active();

    /** The addresses of all members of the cluster. */
    Set<Address> members();

    /** Whether members cannot be reached, so that moves would only wait for them. */
    boolean isUnsettled();
  }

  /**
   * A moved partition is asked for again within seconds. After this time one that is not asked for
   * no longer holds up the moves of others.
   */
  private static final Duration LONGEST_WAY = Duration.ofSeconds(30);

  private final AllocationPolicy policy;
  private final ClusterView cluster;
  private final Address self;
  private final Duration minimumHold;
  private final Duration balanceInterval;
  private final LongSupplier nanoTime;
  private final Map<String, Long> heldSince = new HashMap<>();
  private final Map<String, ActorRef> holders = new HashMap<>();
  private final Map<String, Long> onTheirWaySince = new HashMap<>();
  private long balanced;

  ActiveNodesAllocation(
      AllocationPolicy policy,
      ClusterView cluster,
      Address self,
      Duration minimumHold,
      Duration balanceInterval,
      LongSupplier nanoTime) {
    this.policy = policy;
    this.cluster = cluster;
    this.self = self;
    this.minimumHold = minimumHold;
    this.balanceInterval = balanceInterval;
    this.nanoTime = nanoTime;
    this.balanced = nanoTime.getAsLong() - balanceInterval.toNanos();
  }

  @Override
  public Future<ActorRef> allocateShard(
      ActorRef requester, String shardId, Map<ActorRef, IndexedSeq<String>> current) {
    ActorRef chosen = policy.allocate(lists(current), among(current.keySet(), cluster.active()));
    return Futures.successful(chosen == null ? requester : chosen);
  }

  @Override
  public Future<Set<String>> rebalance(
      Map<ActorRef, IndexedSeq<String>> current, Set<String> inProgress) {
    Map<ActorRef, List<String>> partitions = lists(current);
    remember(partitions);
    if (!inProgress.isEmpty() || cluster.isUnsettled()) {
      return Futures.successful(Set.of());
    }
    // Sharding itself takes partitions from a node that is gone; a move would wait for an answer of
    // that node.
    partitions.keySet().retainAll(among(current.keySet(), cluster.members()));
    Predicate<String> mayMove = takeTurnToBalance() ? this::mayMove : id -> false;
    return Futures.successful(
        policy.moves(partitions, among(current.keySet(), cluster.active()), mayMove));
  }

  /**
   * Sharding asks often, so that nobody waits for the partitions of a node whose stream has
   * stopped. Balance is not urgent: nodes that start one after the other would cause more moves.
   */
  private boolean takeTurnToBalance() {
    long now = nanoTime.getAsLong();
    if (now - balanced < balanceInterval.toNanos()) {
      return false;
    }
    balanced = now;
    return true;
  }

  private void remember(Map<ActorRef, List<String>> partitions) {
    long now = nanoTime.getAsLong();
    Set<String> present = new HashSet<>();
    partitions.forEach(
        (region, ids) ->
            ids.forEach(
                id -> {
                  present.add(id);
                  if (!region.equals(holders.put(id, region))) {
                    heldSince.put(id, now);
                  }
                }));
    for (String id : holders.keySet()) {
      if (!present.contains(id)) {
        onTheirWaySince.put(id, now);
      }
    }
    onTheirWaySince.keySet().removeAll(present);
    onTheirWaySince.values().removeIf(since -> now - since >= LONGEST_WAY.toNanos());
    holders.keySet().retainAll(present);
    heldSince.keySet().retainAll(present);
  }

  /**
   * Whether a partition may be moved for balance. While others have left their node and are not
   * placed again, the nodes that will get them look emptier than they are.
   */
  private boolean mayMove(String partitionId) {
    return onTheirWaySince.isEmpty() && heldLongEnough(partitionId);
  }

  private boolean heldLongEnough(String partitionId) {
    Long since = heldSince.get(partitionId);
    return since != null && nanoTime.getAsLong() - since >= minimumHold.toNanos();
  }

  private Set<ActorRef> among(Set<ActorRef> regions, Set<Address> addresses) {
    Set<ActorRef> result = new HashSet<>();
    for (ActorRef region : regions) {
      Address address = region.path().address();
      if (addresses.contains(address.hasLocalScope() ? self : address)) {
        result.add(region);
      }
    }
    return result;
  }

  private static Map<ActorRef, List<String>> lists(Map<ActorRef, IndexedSeq<String>> current) {
    Map<ActorRef, List<String>> result = new HashMap<>();
    current.forEach((region, shards) -> result.put(region, CollectionConverters.asJava(shards)));
    return result;
  }
}
