// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.balanced.BalancedPlacement;
import io.github.pekkoeventhubs.group.FixedPlacement;
import io.github.pekkoeventhubs.ownership.Placement;
import io.github.pekkoeventhubs.sharded.ShardedPlacement;
import io.github.pekkoeventhubs.sharded.ShardingOnEveryMember;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.annotation.InternalApi;

/** Finds the placement of a subscription. */
@InternalApi
public final class SubscribedPlacement {

  private SubscribedPlacement() {}

  /**
   * The placement of a subscription, for one stream.
   *
   * @throws InvalidSettingsException if the actor system lacks something that the subscription
   *     needs
   */
  public static Placement choose(
      org.apache.pekko.actor.ActorSystem classicSystem, Subscription subscription) {
    ActorSystem<?> system = Adapter.toTyped(classicSystem);
    return subscription.choose(
        new Subscription.Kinds<>() {
          @Override
          public Placement clusterSharded(Subscriptions.ClusterSharded sharded) {
            requireSharding();
            return ShardedPlacement.of(system);
          }

          @Override
          public Placement balanced(Subscriptions.Balanced balanced) {
            return new BalancedPlacement(system);
          }

          @Override
          public Placement fixed(Subscriptions.FixedPartitions fixed) {
            return new FixedPlacement(system, fixed.positions(), System::nanoTime);
          }
        });
  }

  private static void requireSharding() {
    if (!ShardingOnEveryMember.isShardingPresent()) {
      throw new InvalidSettingsException(
          "Subscriptions.clusterSharded() needs org.apache.pekko:pekko-cluster-sharding-typed on the"
              + " class path, in the version of the other Pekko modules");
    }
  }
}
