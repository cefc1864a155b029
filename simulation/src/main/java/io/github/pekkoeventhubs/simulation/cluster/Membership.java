// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.cluster;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;

/**
 * Brings nodes that start into one cluster, as a discovery service does: each asks all members, and
 * joins the first that answers. One that is frozen does not: it may have been expelled, and who
 * joins it then is in a cluster of its own. The first of the nodes that run begins a cluster where
 * there is none.
 */
public final class Membership {

  private static final long AGAIN_NANOS = 2_000_000_000L;

  private final List<Node> nodes = new ArrayList<>();

  private record Node(Host host, ActorSystem system) {

    boolean runs() {
      return !host.isDead() && !Cluster.get(system).isTerminated();
    }

    MemberStatus status() {
      return Cluster.get(system).selfMember().status();
    }

    boolean isMember() {
      return runs() && status().equals(MemberStatus.up());
    }

    Address address() {
      return Cluster.get(system).selfMember().address();
    }

    boolean counts(String name) {
      for (Member member : Cluster.get(system).state().getMembers()) {
        if (member.address().getHost().filter(name::equals).isPresent()) {
          return true;
        }
      }
      return false;
    }
  }

  /** A node has started. */
  public void join(Host host, ActorSystem system) {
    nodes.removeIf(node -> !node.runs());
    Node node = new Node(host, system);
    nodes.add(node);
    ask(node);
  }

  /**
   * Whether a node counts another, or itself, among the members. One that has left its cluster, or
   * was removed, counts nobody.
   */
  public boolean isCounted(String by, String name) {
    return nodes.stream()
        .anyMatch(node -> node.host().name().equals(by) && node.runs() && node.counts(name));
  }

  private void ask(Node node) {
    if (!node.runs() || !node.status().equals(MemberStatus.removed())) {
      return;
    }
    List<Address> members = nodes.stream().filter(Node::isMember).map(Node::address).toList();
    Cluster cluster = Cluster.get(node.system());
    if (!members.isEmpty()) {
      cluster.joinSeedNodes(members);
    } else if (nodes.stream().filter(Node::runs).findFirst().filter(node::equals).isPresent()) {
      cluster.join(node.address());
    }
    node.host().later(AGAIN_NANOS, () -> ask(node));
  }
}
