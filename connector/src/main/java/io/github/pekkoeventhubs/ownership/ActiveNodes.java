// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.HashSet;
import java.util.Set;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.typed.ActorRef;
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

  private final Cluster cluster;
  private volatile Set<Address> active = Set.of();

  ActiveNodes(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Keeps the set as the receptionist does. */
  Behavior<Receptionist.Listing> follow(ServiceKey<ShardedGroup.Command> key) {
    return Behaviors.setup(
        context -> {
          context.getSystem().receptionist().tell(Receptionist.subscribe(key, context.getSelf()));
          return Behaviors.receive(Receptionist.Listing.class)
              .onMessage(
                  Receptionist.Listing.class,
                  listing -> {
                    Set<Address> addresses = new HashSet<>();
                    for (ActorRef<ShardedGroup.Command> group : listing.getServiceInstances(key)) {
                      Address address = group.path().address();
                      addresses.add(
                          address.hasLocalScope() ? cluster.selfMember().address() : address);
                    }
                    active = Set.copyOf(addresses);
                    return Behaviors.same();
                  })
              .build();
        });
  }

  /** Without the members that are leaving: what is placed there would move again at once. */
  @Override
  public Set<Address> active() {
    Set<Address> result = new HashSet<>(active);
    for (Member member : cluster.state().getMembers()) {
      if (member.status() != MemberStatus.up() && member.status() != MemberStatus.weaklyUp()) {
        result.remove(member.address());
      }
    }
    return result;
  }

  @Override
  public boolean isUnsettled() {
    ClusterEvent.CurrentClusterState state = cluster.state();
    return !state.getUnreachable().isEmpty();
  }
}
