// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Knows what has really happened, and compares it with what the connector promises: at each write
 * to the store, at each event that a stream gets, and at each event that a stream has finished. It
 * has no part in what happens.
 */
final class Oracle {

  private final World world;
  private final Bounds bounds;
  private final List<PartitionRecord> partitions = new ArrayList<>();
  private @Nullable Violation violation;

  /**
   * The bounds that the settings promise.
   *
   * @param repeated how many events of one epoch may be repeated after a crash
   * @param counted whether that can be told from sequence numbers alone: acknowledgement is in
   *     order
   * @param waiting how many events of a partition may wait between its link and the user's function
   */
  record Bounds(long repeated, boolean counted, long waiting) {

    /** For worlds in which what waits does not matter. */
    Bounds(long repeated, boolean counted) {
      this(repeated, counted, Long.MAX_VALUE);
    }
  }

  /** A stage looks at its claim once in a turn, which takes no longer. */
  private static final long TURN_NANOS = 1_000_000_000L;

  private final ClaimOracle claims;

  Oracle(World world, ClaimOracle claims, Bounds bounds) {
    this.world = world;
    this.claims = claims;
    this.bounds = bounds;
  }

  void partitionAdded(SimulatedPartition log) {
    PartitionRecord partition = new PartitionRecord(log);
    partitions.add(partition);
    MemoryRule memory = new MemoryRule(world, partition, bounds.waiting(), this::broken);
    log.tell(memory::received, memory::attaches);
  }

  /** All partitions begin with the number 0 again. */
  void hubCreatedAnew() {
    partitions.forEach(PartitionRecord::createdAnew);
  }

  List<PartitionRecord> partitions() {
    return partitions;
  }

  private PartitionRecord of(String partitionId) {
    return partitions.get(Integer.parseInt(partitionId));
  }

  /** The first broken promise; null while all are kept. */
  @Nullable Violation violation() {
    return violation;
  }

  void broken(String promise, String what) {
    if (violation == null) {
      world.tell("BROKEN PROMISE: " + promise + ": " + what);
      violation = new Violation(promise, what);
    }
  }

  /** A conditional write of an ownership record was applied. */
  void ownershipWritten(String id, Optional<StoredOwnership> before, StoredOwnership after) {
    PartitionRecord partition = of(id);
    String token = after.entries().get(StoredOwnership.CLAIM_TOKEN);
    if (after.isReleased()) {
      if (before.isPresent() && !before.get().isReleased()) {
        world.tell(
            "partition "
                + id
                + " released at checkpoint "
                + partition.checkpoint
                + ", last emitted "
                + lastEmitted(partition));
      }
      if (partition.claimedBy != null && partition.claimedBy != world.running()) {
        broken(
            "claims are respected",
            "partition "
                + id
                + " of "
                + partition.claimedBy
                + " is released by "
                + world.running());
      }
      partition.claimedBy = null;
      partition.claimToken = null;
    } else if (token != null && !token.equals(partition.claimToken)) {
      world.tell("partition " + id + " claimed" + formerOwner(before));
      claimed(partition, after.ownerId());
      partition.askedForSinceClaim = false;
      partition.failedBeforeClaim = world.running().failedRequests;
      partition.ownerId = after.ownerId();
      partition.claims++;
      partition.lastClaimAt = world.nanoTime();
      partition.claimToken = token;
      partition.claimedBy = world.running();
    } else {
      partition.askedForSinceClaim |= after.handOverRequester().isPresent();
      world.detail(
          "partition "
              + id
              + " renewed, or asked for by "
              + after.handOverRequester().orElse("nobody"));
    }
  }

  private void claimed(PartitionRecord partition, String ownerId) {
    if (claims.isTakenFromAnOwnerThatIsWell(partition)) {
      broken(
          "claims are respected",
          "partition "
              + partition.log.id
              + " is taken from "
              + partition.claimedBy
              + ", which is well");
    }
    if (claims.isMadeTwice(partition, ownerId)) {
      broken(
          "claims are found",
          "partition "
              + partition.log.id
              + " is claimed by "
              + world.running()
              + ", which has claimed it");
    }
  }

  private static String formerOwner(Optional<StoredOwnership> before) {
    return before
        .filter(record -> !record.isReleased())
        .map(record -> " from " + record.ownerId().replaceAll("#.*", ""))
        .orElse("");
  }

  private static long lastEmitted(PartitionRecord partition) {
    PartitionRecord.Epoch epoch = partition.epochs.get(partition.fencingToken);
    return epoch == null ? -1 : epoch.lastEmitted;
  }

  /** A conditional write of a checkpoint was applied. */
  void checkpointWritten(
      String id,
      Optional<StoredCheckpoint> before,
      StoredCheckpoint after,
      @Nullable StoredOwnership ownership) {
    PartitionRecord partition = of(id);
    long position = after.sequenceNumber().orElse(-1);
    long token = after.fencingToken().orElse(-1);
    int of = partition.eventHubOf(after, token);
    boolean isBeforeFirst = PartitionRecord.isBeforeFirst(after);
    long processed = isBeforeFirst ? -1 : position;
    world.tell("partition " + id + " checkpoint " + position + ", token " + token);
    if (of < partition.checkpointOf) {
      broken(
          "no regression",
          "partition " + id + ": " + position + " of the event hub before overwrites the present");
    }
    if (before.isPresent()
        && !partition.isBeforeFirst
        && position < partition.checkpoint
        && of == partition.checkpointOf) {
      broken(
          "no regression",
          "partition " + id + ": " + partition.checkpoint + " is overwritten by " + position);
    }
    fenced(partition, token);
    boolean decidedAnew = of > partition.checkpointOf && position < partition.checkpoint;
    partition.checkpointOf = of;
    partition.isBeforeFirst = isBeforeFirst;
    if (!partition.isStale() && processed >= partition.firstUnprocessed()) {
      broken(
          "at least once",
          "partition "
              + id
              + ": the checkpoint "
              + position
              + " passes event "
              + partition.firstUnprocessed()
              + ", which nobody has processed");
    }
    partition.checkpoint = position;
    if (token != partition.fencingToken) {
      partition.fencingToken = token;
      partition.fencedBy = world.running();
      partition.epochs.put(token, new PartitionRecord.Epoch(world.running(), processed));
    }
    PartitionRecord.Epoch epoch = partition.epochs.get(token);
    if (epoch != null) {
      epoch.stored = decidedAnew ? processed : Math.max(epoch.stored, processed);
      epoch.lastEmitted = decidedAnew ? processed : epoch.lastEmitted;
      epoch.received = decidedAnew ? processed : epoch.received;
    }
  }

  /** No earlier epoch writes any more, and nobody else writes in the present one. */
  private void fenced(PartitionRecord partition, long token) {
    if (token < partition.fencingToken) {
      broken(
          "fencing",
          "partition "
              + partition.log.id
              + ": a write with token "
              + token
              + " is accepted after "
              + partition.fencingToken);
    } else if (token == partition.fencingToken && world.running() != partition.fencedBy) {
      broken(
          "fencing",
          "partition "
              + partition.log.id
              + ": "
              + world.running()
              + " writes in the epoch of "
              + partition.fencedBy);
    }
  }

  /** A stream gets an event. */
  void emitted(SimulatedProcess node, String id, long token, long sequenceNumber, String offset) {
    PartitionRecord partition = of(id);
    if (SimulatedEvent.logOf(offset) != partition.log.number()) {
      return;
    }
    PartitionRecord.Epoch epoch = partition.epochs.get(token);
    if (epoch == null || epoch.node != node) {
      broken(
          "fencing",
          "partition "
              + id
              + ": "
              + node
              + " emits in epoch "
              + token
              + ", which it has not begun");
      return;
    }
    // A node that froze in the middle of a turn ends the turn when it wakes.
    if (partition.claimedBy == null && world.nanoTime() - node.awakeSince > TURN_NANOS) {
      broken(
          "claims are respected",
          "partition " + id + ": " + node + " emits event " + sequenceNumber + " without a claim");
    }
    if (sequenceNumber <= epoch.lastEmitted) {
      broken(
          "order",
          "partition "
              + id
              + ": event "
              + sequenceNumber
              + " comes after "
              + epoch.lastEmitted
              + " in one epoch, or although it was committed");
    }
    if (!partition.isNothingBetween(epoch.lastEmitted, sequenceNumber)) {
      broken(
          "at least once",
          "partition "
              + id
              + ": event "
              + sequenceNumber
              + " comes after "
              + epoch.lastEmitted
              + ", and an event between them is left out");
    }
    epoch.lastEmitted = sequenceNumber;
    long before = Math.max(epoch.stored, partition.log.first() - 1);
    if (bounds.counted() && sequenceNumber - before > bounds.repeated()) {
      broken(
          "bound of repeated events",
          "partition "
              + id
              + ": event "
              + sequenceNumber
              + " is emitted while "
              + epoch.stored
              + " is stored");
    }
  }

  /** A stream has finished with an event. */
  void processed(String id, long sequenceNumber, String offset) {
    if (SimulatedEvent.logOf(offset) == of(id).log.number()) {
      of(id).processed(sequenceNumber);
    }
  }

  /** A stream has told its status. */
  void statusSeen(
      SimulatedProcess node, String id, long committed, long emitted, long acknowledged) {
    PartitionRecord partition = of(id);
    if (partition.log.number() > 0) {
      return;
    }
    if (committed > partition.checkpoint) {
      broken(
          "status",
          "partition "
              + id
              + ": "
              + node
              + " says that "
              + committed
              + " is committed, and "
              + partition.checkpoint
              + " is stored");
    }
    if (emitted >= partition.log.end() || acknowledged > Math.max(emitted, committed)) {
      broken(
          "status",
          "partition "
              + id
              + ": "
              + node
              + " says that "
              + acknowledged
              + " is acknowledged, "
              + emitted
              + " emitted, of "
              + partition.log.end());
    }
  }
}
