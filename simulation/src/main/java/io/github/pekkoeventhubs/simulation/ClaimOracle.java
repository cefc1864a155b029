// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

/** Knows which claims nobody may make: the rules of the {@link Oracle} about them. */
final class ClaimOracle {

  /**
   * After a release that has failed a claim stands until it expires. A neighbour that asks for the
   * partition meanwhile renews its age, and takes it when it has waited for long enough.
   */
  private static final long CLAIM_NANOS = 42_000_000_000L;

  /** Less than a claim is valid without a renewal. */
  private static final long VALIDITY_NANOS = 7_000_000_000L;

  private final World world;
  private final StoreFaults store;
  private final Members members;

  /** The members of the cluster, as each node knows them. */
  interface Members {

    /** Whether a node counts another, or itself, among the members of its cluster. */
    boolean isCounted(SimulatedProcess by, SimulatedProcess node);
  }

  /** Without a cluster nobody can know that an owner is gone. */
  ClaimOracle(World world, StoreFaults store) {
    this(world, store, (by, node) -> true);
  }

  ClaimOracle(World world, StoreFaults store, Members members) {
    this.world = world;
    this.store = store;
    this.members = members;
  }

  /**
   * Nobody takes a partition from an owner that was well, and so was the store, for long enough.
   */
  boolean isTakenFromAnOwnerThatIsWell(PartitionRecord partition) {
    SimulatedProcess owner = partition.claimedBy;
    return owner != null
        && owner != world.running()
        && owner.state == SimulatedProcess.State.RUNNING
        && store.isCalm()
        && world.nanoTime() - store.calmSince > CLAIM_NANOS
        && world.nanoTime() - owner.awakeSince > CLAIM_NANOS
        && !isRemoved(owner);
  }

  /**
   * Whether the cluster of the node that claims has removed the owner, which may be cut off and
   * well. A node that was removed itself counts nobody, and has nothing to decide.
   */
  private boolean isRemoved(SimulatedProcess owner) {
    return members.isCounted(world.running(), world.running())
        && !members.isCounted(world.running(), owner);
  }

  /**
   * A claim whose answer was lost is found, and not made again. An owner that is asked for the
   * partition before the answer waits for it as long as for a release. Then it has ended, and the
   * next owner of the node makes the claim again.
   */
  boolean isMadeTwice(PartitionRecord partition, String ownerId) {
    SimulatedProcess node = world.running();
    return partition.claimedBy == node
        && partition.ownerId.equals(ownerId)
        && !partition.askedForSinceClaim
        && partition.failedBeforeClaim == node.failedRequests
        && world.nanoTime() - partition.lastClaimAt < VALIDITY_NANOS
        && node.awakeSince < partition.lastClaimAt;
  }
}
