// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
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
  private volatile Set<ActorRef<String>> startRequests = Set.of();

  ActiveNodes(ActorSystem<?> system, DataCentre dataCentre) {
    this.system = system;
    this.cluster = Cluster.get(system);
    this.dataCentre = dataCentre;
  }

  /** Keeps the set as the receptionist does. */
  Behavior<Receptionist.Listing> follow(ServiceKey<String> key) {
    return Behaviors.setup(
        context -> {
          context.getSystem().receptionist().tell(Receptionist.subscribe(key, context.getSelf()));
          return Behaviors.receive(Receptionist.Listing.class)
              .onMessage(
                  Receptionist.Listing.class,
                  listing -> {
                    startRequests = Set.copyOf(listing.getServiceInstances(key));
                    return Behaviors.same();
                  })
              .build();
        });
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
  void reportNoCoordinator(Logger log, String groupName) {
    log.warn(
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

  /** Without the members that are leaving: partitions placed there would move again at once. */
  @Override
  public Set<Address> active() {
    Set<Address> result = new HashSet<>();
    for (ActorRef<String> node : startRequests) {
      Address address = node.path().address();
      result.add(address.hasLocalScope() ? cluster.selfMember().address() : address);
    }
    for (Member member : dataCentre.members()) {
      if (member.status() != MemberStatus.up() && member.status() != MemberStatus.weaklyUp()) {
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
