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
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/** The nodes that run a stream of one group, as this node knows them. Any thread. */
final class ActiveNodes implements ActiveNodesAllocation.ClusterView {

  private final ActorSystem<?> system;
  private final Cluster cluster;
  private volatile Set<ActorRef<String>> startRequests = Set.of();

  ActiveNodes(ActorSystem<?> system) {
    this.system = system;
    this.cluster = Cluster.get(system);
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
    cluster.state().getUnreachable().forEach(member -> nodes.remove(member.address()));
    return new StartDuty<>(
        nodes.stream().map(Address::toString).toList(), cluster.selfMember().address().toString());
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
    for (Member member : cluster.state().getMembers()) {
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
    for (Member member : cluster.state().getMembers()) {
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
    ClusterEvent.CurrentClusterState state = cluster.state();
    return !state.getUnreachable().isEmpty();
  }
}
