// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;
import org.apache.pekko.actor.ExtensionIdProvider;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.annotation.InternalApi;

/**
 * Started with each actor system that has this library on its class path, by {@code
 * reference.conf}: a cluster member takes part in placing partitions even if it never runs a stream
 * itself, since it may be the oldest member, on which sharding has its coordinator.
 */
@InternalApi
public final class ShardingOnEveryMember extends AbstractExtensionId<ShardingOnEveryMember.Started>
    implements ExtensionIdProvider {

  private static final String SHARDING =
      "org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding";

  private static final ShardingOnEveryMember INSTANCE = new ShardingOnEveryMember();

  /** Marks that the start has been tried. */
  @InternalApi
  public static final class Started implements Extension {}

  /** The extension's only id, found by name. */
  public static ShardingOnEveryMember getInstance() {
    return INSTANCE;
  }

  @Override
  public ShardingOnEveryMember lookup() {
    return INSTANCE;
  }

  @Override
  public Started createExtension(ExtendedActorSystem system) {
    boolean clustered =
        system.settings().config().getString("pekko.actor.provider").contains("cluster")
            || system.provider().getClass().getName().contains("Cluster");
    if (clustered && isShardingPresent()) {
      ShardedGroups.get(Adapter.toTyped(system));
    }
    return new Started();
  }

  /**
   * Whether cluster sharding is on the class path. It is an optional dependency, which users of the
   * other subscriptions do without.
   */
  public static boolean isShardingPresent() {
    try {
      Class.forName(SHARDING, false, ShardingOnEveryMember.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
