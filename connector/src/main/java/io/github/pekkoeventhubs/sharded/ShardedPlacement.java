// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.group.ClaimTimes;
import io.github.pekkoeventhubs.group.ClusterTimeouts;
import io.github.pekkoeventhubs.group.ConsumerGroupName;
import io.github.pekkoeventhubs.ownership.Placement;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.threads.OwnThreads;
import io.github.pekkoeventhubs.threads.SystemEnd;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.jspecify.annotations.Nullable;

/** Partitions placed by cluster sharding. */
@InternalApi
public final class ShardedPlacement implements Placement {

  /**
   * How long sharding is given to begin the hand-over of a partition at a shutdown. Where no
   * coordinator answers, the stream drains its partitions on its own after that time.
   */
  private static final Duration SHARDING_PATIENCE = Duration.ofSeconds(3);

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
    ClaimTimes.check(stream.settings());
    ShardedGroups.get(system).checkRole();
    ClusterTimeouts.check(system, stream);
    group(stream).tell(new ShardedGroup.Join(stream));
  }

  @Override
  public CompletionStage<Done> leave(StreamOfGroup stream, String reason) {
    return left(left -> group(stream).tell(new ShardedGroup.Leave(stream, reason, left)));
  }

  /**
   * Sharding hands the partitions over itself, and sooner than a stream could leave. A node that
   * the others have declared down has no part in sharding any more, and drains on its own.
   */
  @Override
  public CompletionStage<Done> leaveAtShutdown(StreamOfGroup stream) {
    Cluster cluster = Cluster.get(system);
    MemberStatus status = cluster.selfMember().status();
    if (cluster.isTerminated()
        || status.equals(MemberStatus.down())
        || status.equals(MemberStatus.removed())) {
      return Placement.super.leaveAtShutdown(stream);
    }
    OwnThreads.later(
        SHARDING_PATIENCE,
        () -> {
          if (!cluster.isTerminated()) {
            Placement.super.leaveAtShutdown(stream);
          }
        });
    return left(left -> group(stream).tell(new ShardedGroup.AwaitHandOvers(stream, left)));
  }

  private CompletionStage<Done> left(Consumer<CompletableFuture<Done>> request) {
    CompletableFuture<Done> left = new CompletableFuture<>();
    request.accept(left);
    return SystemEnd.of(system).completes(left);
  }

  private ActorRef<ShardedGroup.Command> group(StreamOfGroup stream) {
    return ShardedGroups.get(system).group(ConsumerGroupName.of(stream));
  }
}
