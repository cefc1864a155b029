// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import io.github.pekkoeventhubs.sharded.ClusterIdentity.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.actor.typed.receptionist.ServiceKey;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.MemberStatus;
import org.apache.pekko.cluster.typed.Cluster;

/**
 * The members of the cluster in the data centre of this node. Cluster sharding places partitions in
 * each data centre by itself, so that the members of the others are strangers here: their claims
 * are respected until they expire, and nothing is asked of them. Any thread.
 */
final class DataCentre {

  /** Pekko's name where none is configured. */
  private static final String DEFAULT = "default";

  private final Cluster cluster;

  DataCentre(Cluster cluster) {
    this.cluster = cluster;
  }

  /** A key with which actors register for the members of this data centre. */
  <T> ServiceKey<T> key(Class<T> type, String id) {
    String name = cluster.selfMember().dataCenter();
    return ServiceKey.create(type, name.equals(DEFAULT) ? id : id + "@" + name);
  }

  /** The members in this data centre, this node included. */
  List<Member> members() {
    return ours(cluster.state().getMembers());
  }

  /** Those of the members that somebody cannot reach. */
  List<Member> unreachable() {
    return ours(cluster.state().getUnreachable());
  }

  private List<Member> ours(Iterable<Member> all) {
    List<Member> ours = new ArrayList<>();
    for (Member member : all) {
      if (contains(member)) {
        ours.add(member);
      }
    }
    return ours;
  }

  /** Whether a member of the cluster is in this data centre. */
  boolean contains(Member member) {
    return member.dataCenter().equals(cluster.selfMember().dataCenter());
  }

  /** The member that has been up for longest. */
  Optional<Member> oldest() {
    return members().stream()
        .filter(DataCentre::hasAge)
        .min((one, other) -> one.isOlderThan(other) ? -1 : 1);
  }

  /** The part that this node has in its data centre. */
  Standing standing() {
    Member self = cluster.selfMember();
    if (!hasAge(self)) {
      return Standing.OUTSIDE;
    }
    return oldest().filter(self::equals).isPresent() ? Standing.OLDEST : Standing.MEMBER;
  }

  /** The age of a member counts from the time at which it came up. */
  private static boolean hasAge(Member member) {
    MemberStatus status = member.status();
    return status == MemberStatus.up()
        || status == MemberStatus.leaving()
        || status == MemberStatus.exiting();
  }
}
