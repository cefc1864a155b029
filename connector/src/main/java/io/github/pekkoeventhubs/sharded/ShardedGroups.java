// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.RootSection;
import io.github.pekkoeventhubs.group.NewPartitions;
import io.github.pekkoeventhubs.group.Supervised;
import io.github.pekkoeventhubs.ownership.OwnerCommand;
import io.github.pekkoeventhubs.threads.OwnDispatcher;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Extension;
import org.apache.pekko.actor.typed.ExtensionId;
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
  private final RemovedMembers removed = new RemovedMembers();
  private final ClusterIdentity identity = new ClusterIdentity(ClusterIdentity.PATIENCE);
  private final DataCentre dataCentre;
  private final ServiceKey<ShardedGroup.Command> allGroups;

  private ShardedGroups(ActorSystem<?> system) {
    this.system = system;
    this.cluster = Cluster.get(system);
    this.settings =
        ShardingSettings.create(RootSection.section(system, ShardingSettings.CONFIG_PATH));
    this.dataCentre = new DataCentre(cluster);
    this.allGroups = dataCentre.key(ShardedGroup.Command.class, "pekko-eventhubs-groups");
    system.systemActorOf(watchMembers(), "pekko-eventhubs-members", OwnDispatcher.props());
    system.systemActorOf(followGroups(), "pekko-eventhubs-groups", OwnDispatcher.props());
    system.systemActorOf(
        identity.agree(
            dataCentre.key(String.class, "pekko-eventhubs-cluster"),
            dataCentre::standing,
            () -> UUID.randomUUID().toString()),
        "pekko-eventhubs-cluster",
        OwnDispatcher.props());
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
                    if (dataCentre.contains(event.member())) {
                      removed.add(ownerId(event.member().uniqueAddress()));
                    }
                    return Behaviors.same();
                  })
              .build();
        });
  }

  private Behavior<Receptionist.Listing> followGroups() {
    return Behaviors.setup(
        context -> {
          system.receptionist().tell(Receptionist.subscribe(allGroups, context.getSelf()));
          return Behaviors.receive(Receptionist.Listing.class)
              .onMessage(
                  Receptionist.Listing.class,
                  listing -> {
                    for (ActorRef<ShardedGroup.Command> group :
                        listing.getAllServiceInstances(allGroups)) {
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

  /**
   * Checks whether partitions may be placed on this node.
   *
   * @throws InvalidSettingsException if it lacks the role that the members need for that
   */
  void checkRole() {
    String role = settings.role();
    if (!role.isEmpty() && !cluster.selfMember().hasRole(role)) {
      throw new InvalidSettingsException(
          ShardingSettings.CONFIG_PATH
              + ".sharding.role is '"
              + role
              + "', and this node has the roles "
              + cluster.selfMember().getRoles()
              + ": it would never get a partition. Add the role to pekko.cluster.roles of this node,"
              + " or run the stream on nodes that have it");
    }
  }

  /** The group's actor on this node, started if need be. */
  ActorRef<ShardedGroup.Command> group(String groupName) {
    return groups.computeIfAbsent(groupName, this::start);
  }

  private ActorRef<ShardedGroup.Command> start(String groupName) {
    ActiveNodes activeNodes = new ActiveNodes(system, dataCentre, groupName);
    String encoded = URLEncoder.encode(groupName, StandardCharsets.UTF_8);
    return system.systemActorOf(
        Supervised.group(groupBehavior(groupName, activeNodes, new NewPartitions())),
        NAME + encoded,
        OwnDispatcher.props());
  }

  private Behavior<ShardedGroup.Command> groupBehavior(
      String groupName, ActiveNodes activeNodes, NewPartitions newPartitions) {
    return Behaviors.setup(
        context -> {
          ActorRef<ShardingEnvelope<OwnerCommand>> region =
              region(groupName, context.getSelf(), activeNodes, newPartitions);
          activeNodes.follow(context);
          system.receptionist().tell(Receptionist.register(allGroups, context.getSelf()));
          return ShardedGroup.create(
              groupName, activeNodes, region, newPartitions, settings, System::nanoTime);
        });
  }

  private ActorRef<ShardingEnvelope<OwnerCommand>> region(
      String groupName,
      ActorRef<ShardedGroup.Command> group,
      ActiveNodes activeNodes,
      NewPartitions newPartitions) {
    EntityTypeKey<OwnerCommand> typeKey =
        EntityTypeKey.create(OwnerCommand.class, "eventhubs-" + groupName);
    return ClusterSharding.get(system)
        .init(
            Entity.of(
                    typeKey,
                    entity ->
                        ShardedGroup.owner(
                            entity.getEntityId(), group, this, newPartitions, System::nanoTime))
                .withEntityProps(OwnDispatcher.props())
                .withStopMessage(new OwnerCommand.Stop("the partition moves to another node"))
                .withMessageExtractor(new OnePartitionPerShard())
                .withAllocationStrategy(
                    new ActiveNodesAllocation(
                        new AllocationPolicy(settings.maxSimultaneousMoves()),
                        activeNodes,
                        cluster.selfMember().address(),
                        settings.minimumHold(),
                        settings.balanceInterval(),
                        System::nanoTime))
                .withSettings(ClusterShardingSettings.fromConfig(settings.sharding())));
  }

  @Override
  public String self() {
    return ownerId(cluster.selfMember().uniqueAddress());
  }

  @Override
  public Optional<String> clusterId() {
    return identity.id();
  }

  @Override
  public CompletionStage<Done> identified() {
    return identity.known();
  }

  @Override
  public ClaimPolicy.Members members() {
    Set<String> unreachable = new HashSet<>();
    for (Member member : dataCentre.unreachable()) {
      unreachable.add(ownerId(member.uniqueAddress()));
    }
    Set<String> reachable = new HashSet<>();
    for (Member member : dataCentre.members()) {
      String name = ownerId(member.uniqueAddress());
      if (member.status() == MemberStatus.down()) {
        unreachable.add(name);
      } else if (!unreachable.contains(name)) {
        reachable.add(name);
      }
    }
    // A node that was removed sees no members, and could take everybody for gone.
    Set<String> ids = reachable.contains(self()) ? identity.ids() : Set.of();
    return new ClaimPolicy.Members(reachable, unreachable, removed.names(), ids);
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
