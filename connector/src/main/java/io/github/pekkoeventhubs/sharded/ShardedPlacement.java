// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.group.ClusterTimeouts;
import io.github.pekkoeventhubs.group.ConsumerGroupName;
import io.github.pekkoeventhubs.ownership.Placement;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** Partitions placed by cluster sharding. */
@InternalApi
public final class ShardedPlacement implements Placement {

  private final ActorSystem<?> system;

  private ShardedPlacement(ActorSystem<?> system) {
    this.system = system;
  }

  /**
   * The placement of an actor system that is a cluster member.
   *
   * @throws InvalidSettingsException if it is none
   */
  public static ShardedPlacement of(ActorSystem<?> system) {
    if (!system.settings().config().getString("pekko.actor.provider").contains("cluster")) {
      throw new InvalidSettingsException(
          "Subscriptions.clusterSharded() needs an actor system that is a cluster member: set"
              + " pekko.actor.provider = cluster, or use Subscriptions.balanced() or"
              + " Subscriptions.partitions(..)");
    }
    return new ShardedPlacement(system);
  }

  /** Level 0 for all: of equal levels the newest receiver displaces the others. */
  @Override
  public @Nullable Long ownerLevel(ConsumerSettings settings) {
    return 0L;
  }

  @Override
  public void join(StreamOfGroup stream) {
    ClusterTimeouts.check(system, stream.settings());
    group(stream).tell(new ShardedGroup.Join(stream));
  }

  @Override
  public CompletionStage<Done> leave(StreamOfGroup stream, String reason) {
    CompletableFuture<Done> left = new CompletableFuture<>();
    group(stream).tell(new ShardedGroup.Leave(stream, reason, left));
    // If the actor system ends first, nothing answers any more.
    system.getWhenTerminated().thenAccept(left::complete);
    return left.minimalCompletionStage();
  }

  private ActorRef<ShardedGroup.Command> group(StreamOfGroup stream) {
    return ClusterSharded.get(system).group(ConsumerGroupName.of(stream));
  }
}
