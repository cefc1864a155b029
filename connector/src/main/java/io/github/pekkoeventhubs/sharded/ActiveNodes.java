// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.threads.OwnDispatcher;
import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.ActorPath;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.receptionist.Receptionist;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;
import org.slf4j.Logger;

/** The nodes that run a stream of one group, as this node knows them. Any thread. */
final class ActiveNodes implements ActiveNodesAllocation.ClusterView {

  private final ActorSystem<?> system;
  private final Cluster cluster;
  private final DataCentre dataCentre;
  private final ServiceKey<String> key;
  private final Withdrawals withdrawals;
  private volatile Set<ActorRef<String>> startRequests = Set.of();

  ActiveNodes(ActorSystem<?> system, DataCentre dataCentre, String groupName) {
    this.system = system;
    this.cluster = Cluster.get(system);
    this.dataCentre = dataCentre;
    this.key = dataCentre.key(String.class, "pekko-eventhubs-active-" + groupName);
    this.withdrawals = new Withdrawals(System::nanoTime);
  }

  /** Keeps the set as the receptionist does, and as those that withdraw say before it. */
  void follow(ActorContext<?> group) {
    Behavior<Receptionist.Listing> listings =
        Behaviors.setup(
            context -> {
              system.receptionist().tell(Receptionist.subscribe(key, context.getSelf()));
              return Behaviors.receive(Receptionist.Listing.class)
                  .onMessage(
                      Receptionist.Listing.class,
                      listing -> {
                        startRequests = Set.copyOf(listing.getServiceInstances(key));
                        withdrawals.forget();
                        return Behaviors.same();
                      })
                  .build();
            });
    group.spawn(listings, "active-nodes", OwnDispatcher.props());
    group.spawn(withdrawals.receive(), Withdrawals.NAME, OwnDispatcher.props());
  }

  /** Tells the cluster that partitions may be placed on this node. */
  void announce(ActorRef<String> startRequests) {
    system.receptionist().tell(Receptionist.register(key, startRequests));
  }

  /**
   * Tells the cluster that no partition may be placed on this node any more. The receptionist takes
   * up to a second until all nodes know it, and the partitions of this node stand still meanwhile:
   * so each member is told as well. The receptionist fails as a whole if it is told to forget what
   * it never knew.
   *
   * @param group the path of the group's actor, the same on each node
   */
  void withdraw(ActorRef<String> startRequests, ActorPath group) {
    system.receptionist().tell(Receptionist.deregister(key, startRequests));
    Address self = cluster.selfMember().address();
    for (Member member : dataCentre.members()) {
      Withdrawals.at(system, member.address(), group)
          .tell(self, org.apache.pekko.actor.ActorRef.noSender());
    }
  }

  /** Where the active nodes take requests to start a partition. */
  Set<ActorRef<String>> startRequests() {
    return startRequests;
  }

  /** Returns which partitions this node has to start, by the nodes it knows now. */
  StartDuty<String> startDuty() {
    Set<Address> nodes = active();
    // The receptionist may still list a node that has died, and keeps unreachable ones.
    nodes.retainAll(members());
    dataCentre.unreachable().forEach(member -> nodes.remove(member.address()));
    return new StartDuty<>(
        nodes.stream().map(Address::toString).toList(), cluster.selfMember().address().toString());
  }

  /** Says in the log that nobody places partitions, and who should. */
  void reportNoCoordinator(Logger log, LogKeys keys, String groupName) {
    KeyedLog.of(log)
        .warn(
            keys,
            "[{}] no partition was started in {}: no coordinator of cluster sharding answers. It runs on"
                + " the oldest member ({}). Check that this member can be reached, that it has this"
                + " library on its class path, and that all members have the same {}.sharding.role;"
                + " members are {}",
            groupName,
            CoordinatorWatch.LONGEST_SILENCE,
            dataCentre.oldest().map(Member::toString).orElse("unknown: this node is no member yet"),
            ShardingSettings.CONFIG_PATH,
            dataCentre.members());
  }

  /** Whether this node is on its way out of the cluster. */
  boolean isSelfLeaving() {
    MemberStatus status = cluster.selfMember().status();
    return CoordinatedShutdown.get(system).getShutdownReason().isPresent()
        || status == MemberStatus.leaving()
        || status == MemberStatus.exiting()
        || status == MemberStatus.down()
        || status == MemberStatus.removed();
  }

  /**
   * Without those that withdraw, or leave the cluster: partitions placed there would move again at
   * once.
   */
  @Override
  public Set<Address> active() {
    Set<Address> result = new HashSet<>();
    for (ActorRef<String> node : startRequests) {
      Address address = node.path().address();
      result.add(address.hasLocalScope() ? cluster.selfMember().address() : address);
    }
    for (Member member : dataCentre.members()) {
      boolean isUp =
          member.status() == MemberStatus.up() || member.status() == MemberStatus.weaklyUp();
      if (!isUp || withdrawals.contains(member.address())) {
        result.remove(member.address());
      }
    }
    return result;
  }

  /** Without those that were declared down, by hand for example, before they became unreachable. */
  @Override
  public Set<Address> members() {
    Set<Address> result = new HashSet<>();
    for (Member member : dataCentre.members()) {
      if (canHandOver(member.status())) {
        result.add(member.address());
      }
    }
    return result;
  }

  static boolean canHandOver(MemberStatus status) {
    return status != MemberStatus.down() && status != MemberStatus.removed();
  }

  @Override
  public boolean isUnsettled() {
    return !dataCentre.unreachable().isEmpty();
  }
}
