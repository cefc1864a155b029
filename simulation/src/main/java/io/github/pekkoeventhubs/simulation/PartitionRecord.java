// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The truth about the events of one partition. */
final class PartitionRecord {

  /** One epoch as the user's stream sees it. */
  static final class Epoch {
    final SimulatedProcess node;
    long lastEmitted;

    /** The last event that has come from the service. */
    long received;

    /** The position up to which this epoch, or what it has found, is stored. */
    long stored;

    Epoch(SimulatedProcess node, long start) {
      this.node = node;
      this.lastEmitted = start;
      this.received = start;
      this.stored = start;
    }
  }

  final SimulatedPartition log;
  final Map<Long, Epoch> epochs = new HashMap<>();
  private final BitSet processed = new BitSet();
  private int prefix;

  /** Of which event hub of the name the stored checkpoint is. */
  int checkpointOf;

  /** Whether the stored checkpoint is the place before the first event, whatever its number. */
  boolean isBeforeFirst = true;

  long checkpoint = -1;
  long fencingToken = -1;
  long claims;
  long lastClaimAt;
  long repeated;

  /** How many requests of the owner had failed when it claimed, and under which id it did. */
  long failedBeforeClaim;

  String ownerId = "";

  /** Whether somebody else has asked for the partition since the last claim. */
  boolean askedForSinceClaim;

  @Nullable String claimToken;
  @Nullable SimulatedProcess fencedBy;
  @Nullable SimulatedProcess claimedBy;

  PartitionRecord(SimulatedPartition log) {
    this.log = log;
  }

  /** All that was known belongs to an event hub that is no more. */
  void createdAnew() {
    processed.clear();
    prefix = 0;
    for (Epoch epoch : epochs.values()) {
      epoch.lastEmitted = -1;
      epoch.received = -1;
      epoch.stored = -1;
    }
  }

  /** Whether a position is stored again, so that it is of the same event hub as before. */
  private boolean isSame(long position, long token) {
    return position == checkpoint && (position >= 0 || token == fencingToken);
  }

  /** Whether reading begins at the first event there is, of whichever event hub of the name. */
  static boolean isBeforeFirst(StoredCheckpoint stored) {
    return stored.offset().filter(StoredCheckpoint.BEFORE_FIRST_OFFSET::equals).isPresent();
  }

  /**
   * Of which event hub of the name a position is that is being stored. One before all events is as
   * good for any.
   */
  int eventHubOf(StoredCheckpoint stored, long token) {
    return isBeforeFirst(stored)
        ? isSame(stored.sequenceNumber().orElse(-1), token) ? checkpointOf : log.number()
        : SimulatedEvent.logOf(stored.offset().orElseThrow());
  }

  /** Whether the stored checkpoint is of an event hub that is no more. */
  boolean isStale() {
    return checkpointOf != log.number();
  }

  /** The first event to read after the stored checkpoint. */
  long next() {
    return isStale() || isBeforeFirst ? log.first() : Math.max(checkpoint + 1, log.first());
  }

  void processed(long sequenceNumber) {
    int bit = (int) sequenceNumber;
    if (processed.get(bit)) {
      repeated++;
    }
    processed.set(bit);
  }

  /** The first event that nobody has processed, of those that still exist. */
  long firstUnprocessed() {
    prefix = processed.nextClearBit(prefix);
    while (prefix < log.first()) {
      prefix = processed.nextClearBit(Math.max(prefix + 1, (int) log.first()));
    }
    return prefix;
  }

  /** Whether every event between the two, both excluded, is processed or gone. */
  boolean isNothingBetween(long before, long next) {
    long from = Math.max(before + 1, log.first());
    return processed.nextClearBit((int) Math.max(0, from)) >= next;
  }
}
