// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.cluster;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.MemberStatus;

/**
 * Brings nodes that start into one cluster, as a discovery service does: each asks a node that
 * runs, and the first of those that run begins a cluster where there is none.
 */
public final class Membership {

  private static final long AGAIN_NANOS = 2_000_000_000L;

  private final SplittableRandom random;
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
  }

  /**
   * @param random decides which node is asked
   */
  public Membership(SplittableRandom random) {
    this.random = random;
  }

  /** A node has started. */
  public void join(Host host, ActorSystem system) {
    nodes.removeIf(node -> !node.runs());
    Node node = new Node(host, system);
    nodes.add(node);
    ask(node);
  }

  private void ask(Node node) {
    if (!node.runs() || !node.status().equals(MemberStatus.removed())) {
      return;
    }
    List<Node> members = nodes.stream().filter(Node::isMember).toList();
    Cluster cluster = Cluster.get(node.system());
    if (!members.isEmpty()) {
      Node asked = members.get(random.nextInt(members.size()));
      cluster.join(Cluster.get(asked.system()).selfMember().address());
    } else if (nodes.stream().filter(Node::runs).findFirst().filter(node::equals).isPresent()) {
      cluster.join(cluster.selfMember().address());
    }
    node.host().later(AGAIN_NANOS, () -> ask(node));
  }
}
