// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides whether an owner that cluster sharding has started may claim its partition.
 *
 * <p>Sharding starts an owner only after the one before has ended, so that a claim left by a member
 * of this cluster is a left-over: it need not expire. That holds for a member that is reachable,
 * for one that this node has seen removed, for an earlier incarnation of an address at which a
 * member lives now, and for a claim with the identity of this cluster whose owner is no member any
 * more: a node that joined after the removal knows it by that alone. A member that cannot be
 * reached, or is being removed, may still be working. An owner from outside of the cluster is
 * respected until its claim has expired.
 *
 * <p>A node that was removed may live on for a while, and lose its claims. The fence keeps it from
 * writing checkpoints.
 *
 * @param expiry how long a claim of somebody else is respected without renewal
 */
record ClaimPolicy(Duration expiry) {

  private static final Pattern OWNER_ID = Pattern.compile("(.+@.+:\\d+)#(-?\\d+)");

  /**
   * The known members of the cluster. Members are named as owners are: {@code
   * system@host:port#uid}.
   *
   * @param reachable members that can be reached, this one included
   * @param unreachable members that cannot, or that are down and not removed yet
   * @param removed former members that were seen to go
   * @param clusterIds the identities of this cluster; none while this node is no member of it
   */
  record Members(
      Set<String> reachable,
      Set<String> unreachable,
      Set<String> removed,
      Set<String> clusterIds) {}

  boolean mayClaim(Optional<StoredOwnership> record, Members members) {
    if (record.isEmpty() || record.get().isReleased()) {
      return true;
    }
    String owner = record.get().ownerId();
    if (members.reachable().contains(owner) || members.removed().contains(owner)) {
      return true;
    }
    if (members.unreachable().contains(owner)) {
      return false;
    }
    return record.get().cluster().filter(members.clusterIds()::contains).isPresent()
        || isEarlierIncarnation(owner, members)
        || !record.get().isLive(expiry);
  }

  private static boolean isEarlierIncarnation(String owner, Members members) {
    Matcher matcher = OWNER_ID.matcher(owner);
    if (!matcher.matches()) {
      return false;
    }
    String address = matcher.group(1) + "#";
    return members.reachable().stream().anyMatch(member -> member.startsWith(address))
        || members.unreachable().stream().anyMatch(member -> member.startsWith(address));
  }
}
