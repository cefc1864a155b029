// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import io.github.pekkoeventhubs.ownership.OwnerCommand;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
import org.apache.pekko.actor.typed.Props;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.sharding.typed.ClusterShardingSettings;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.ShardingMessageExtractor;
import org.apache.pekko.cluster.sharding.typed.javadsl.ClusterSharding;
import org.apache.pekko.cluster.sharding.typed.javadsl.Entity;
import org.apache.pekko.cluster.sharding.typed.javadsl.EntityTypeKey;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * The consumer groups of this node that cluster sharding places. One per actor system.
 *
 * <p>Sharding runs its coordinator on the oldest node, and only if the type was started there. So
 * each node starts every group that any node has started: a group's actor registers itself for the
 * whole cluster under a name that says which group it is.
 */
final class ShardedGroups implements Extension, MembersView {

  private static final String NAME = "pekko-eventhubs-group-";
  private static final ServiceKey<ShardedGroup.Command> ALL_GROUPS =
      ServiceKey.create(ShardedGroup.Command.class, "pekko-eventhubs-groups");

  private static final Id ID = new Id();

  private static final class Id extends ExtensionId<ShardedGroups> {
    @Override
    public ShardedGroups createExtension(ActorSystem<?> system) {
      return new ShardedGroups(system);
    }
  }

  static ShardedGroups get(ActorSystem<?> system) {
    return ID.apply(system);
  }

  private final ActorSystem<?> system;
  private final Cluster cluster;
  private final ShardingSettings settings;
  private final Map<String, ActorRef<ShardedGroup.Command>> groups = new ConcurrentHashMap<>();
  private final Set<String> removed = ConcurrentHashMap.newKeySet();

  private ShardedGroups(ActorSystem<?> system) {
    this.system = system;
    this.cluster = Cluster.get(system);
    this.settings =
        ShardingSettings.create(system.settings().config().getConfig(ShardingSettings.CONFIG_PATH));
    system.systemActorOf(watchMembers(), "pekko-eventhubs-members", Props.empty());
    system.systemActorOf(followGroups(), "pekko-eventhubs-groups", Props.empty());
  }

  private Behavior<ClusterEvent.MemberRemoved> watchMembers() {
    return Behaviors.setup(
        context -> {
          cluster
              .subscriptions()
              .tell(Subscribe.create(context.getSelf(), ClusterEvent.MemberRemoved.class));
          return Behaviors.receive(ClusterEvent.MemberRemoved.class)
              .onMessage(
                  ClusterEvent.MemberRemoved.class,
                  event -> {
                    removed.add(ownerId(event.member().uniqueAddress()));
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private Behavior<Receptionist.Listing> followGroups() {
    return Behaviors.setup(
        context -> {
          system.receptionist().tell(Receptionist.subscribe(ALL_GROUPS, context.getSelf()));
          return Behaviors.receive(Receptionist.Listing.class)
              .onMessage(
                  Receptionist.Listing.class,
                  listing -> {
                    for (ActorRef<ShardedGroup.Command> group :
                        listing.getAllServiceInstances(ALL_GROUPS)) {
                      String name = group.path().name();
                      if (name.startsWith(NAME)) {
                        group(
                            URLDecoder.decode(
                                name.substring(NAME.length()), StandardCharsets.UTF_8));
                      }
                    }
                    return Behaviors.same();
                  })
              .build();
        });
  }

  /** The group's actor on this node, started if need be. */
  ActorRef<ShardedGroup.Command> group(String groupName) {
    return groups.computeIfAbsent(groupName, this::start);
  }

  private ActorRef<ShardedGroup.Command> start(String groupName) {
    ServiceKey<String> activeKey =
        ServiceKey.create(String.class, "pekko-eventhubs-active-" + groupName);
    ActiveNodes activeNodes = new ActiveNodes(system);
    String encoded = URLEncoder.encode(groupName, StandardCharsets.UTF_8);
    return system.systemActorOf(
        Behaviors.<ShardedGroup.Command>setup(
            context -> {
              ActorRef<ShardingEnvelope<OwnerCommand>> region =
                  region(groupName, context.getSelf(), activeNodes);
              context.spawn(activeNodes.follow(activeKey), "active-nodes");
              system.receptionist().tell(Receptionist.register(ALL_GROUPS, context.getSelf()));
              return ShardedGroup.create(
                  activeKey,
                  activeNodes,
                  region,
                  settings.keepAliveInterval(),
                  settings.keepAliveIntervalWhenComplete());
            }),
        NAME + encoded,
        Props.empty());
  }

  private ActorRef<ShardingEnvelope<OwnerCommand>> region(
      String groupName, ActorRef<ShardedGroup.Command> group, ActiveNodes activeNodes) {
    EntityTypeKey<OwnerCommand> typeKey =
        EntityTypeKey.create(OwnerCommand.class, "eventhubs-" + groupName);
    return ClusterSharding.get(system)
        .init(
            Entity.of(typeKey, entity -> ShardedGroup.owner(entity.getEntityId(), group, this))
                .withStopMessage(new OwnerCommand.Stop("the partition moves to another node"))
                .withMessageExtractor(new OnePartitionPerShard())
                .withAllocationStrategy(
                    new ActiveNodesAllocation(
                        new AllocationPolicy(settings.maxSimultaneousMoves()),
                        activeNodes,
                        cluster.selfMember().address(),
                        minimumHold(),
                        System::nanoTime))
                .withSettings(ClusterShardingSettings.fromConfig(settings.sharding())));
  }

  private Duration minimumHold() {
    return settings.minimumHold();
  }

  @Override
  public String self() {
    return ownerId(cluster.selfMember().uniqueAddress());
  }

  @Override
  public ClaimPolicy.Members members() {
    ClusterEvent.CurrentClusterState state = cluster.state();
    Set<String> unreachable = new HashSet<>();
    state.getUnreachable().forEach(member -> unreachable.add(ownerId(member.uniqueAddress())));
    Set<String> reachable = new HashSet<>();
    for (Member member : state.getMembers()) {
      String name = ownerId(member.uniqueAddress());
      if (!unreachable.contains(name) && member.status() != MemberStatus.down()) {
        reachable.add(name);
      }
    }
    return new ClaimPolicy.Members(reachable, unreachable, Set.copyOf(removed));
  }

  private static String ownerId(UniqueAddress address) {
    Address node = address.address();
    return node.system()
        + "@"
        + node.hostPort().substring(node.hostPort().indexOf('@') + 1)
        + "#"
        + address.longUid();
  }

  /** A partition's id is its entity's and its shard's, so that a shard's move is one hand-over. */
  private static final class OnePartitionPerShard
      extends ShardingMessageExtractor<ShardingEnvelope<OwnerCommand>, OwnerCommand> {

    @Override
    public String entityId(ShardingEnvelope<OwnerCommand> envelope) {
      return envelope.entityId();
    }

    @Override
    public String shardId(String entityId) {
      return entityId;
    }

    @Override
    public OwnerCommand unwrapMessage(ShardingEnvelope<OwnerCommand> envelope) {
      return envelope.message();
    }
  }
}
