// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import io.github.pekkoeventhubs.StoredCheckpoint;
import java.time.Duration;
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

  /** A position that was found before an event hub was created anew is stored by then. */
  private static final long STORING_NANOS = Duration.ofSeconds(2).toNanos();

  final SimulatedPartition log;
  final Map<Long, Epoch> epochs = new HashMap<>();
  private final BitSet processed = new BitSet();
  private int prefix;

  /** Of which event hub of the name the stored checkpoint is. */
  int checkpointOf;

  private long createdAnewAt = -STORING_NANOS;

  /** Whether the stored checkpoint has no offset, by which the service could tell what it is of. */
  boolean withoutOffset;

  long checkpoint = -1;
  long fencingToken = -1;
  long claims;
  long lastClaimAt;
  long repeated;

  /** How many requests of the owner had failed when it claimed, and under which id it did. */
  long failedBeforeClaim;

  String ownerId = "";
  @Nullable String claimToken;
  @Nullable SimulatedProcess fencedBy;
  @Nullable SimulatedProcess claimedBy;

  PartitionRecord(SimulatedPartition log) {
    this.log = log;
  }

  /** All that was known belongs to an event hub that is no more. */
  void createdAnew(long now) {
    createdAnewAt = now;
    processed.clear();
    prefix = 0;
    if (withoutOffset) {
      takenForProcessed(checkpoint);
    }
    for (Epoch epoch : epochs.values()) {
      epoch.lastEmitted = -1;
      epoch.received = -1;
      epoch.stored = -1;
    }
  }

  /** Nobody can know that the events up to this one are others than those of the same numbers. */
  void takenForProcessed(long position) {
    processed.set(0, (int) position + 1);
  }

  /** Whether a position is stored again, so that it is of the same event hub as before. */
  private boolean isSame(long position, long token) {
    return position == checkpoint && (position >= 0 || token == fencingToken);
  }

  /**
   * Whether a position that is being stored is the start of the partition of the event hub before,
   * whose first events were trimmed. It has no offset that would tell.
   */
  boolean isStartOfTheEventHubBefore(StoredCheckpoint stored, long token, long now) {
    long position = stored.sequenceNumber().orElse(-1);
    return stored.offset().isEmpty()
        && !isSame(position, token)
        && position >= log.first()
        && now - createdAnewAt < STORING_NANOS;
  }

  /**
   * Of which event hub of the name a position is that is being stored. One before all events is as
   * good for any.
   */
  int eventHubOf(StoredCheckpoint stored, long token, long now) {
    if (isStartOfTheEventHubBefore(stored, token, now)) {
      return log.number() - 1;
    }
    boolean same = isSame(stored.sequenceNumber().orElse(-1), token);
    return stored
        .offset()
        .filter(offset -> !offset.equals(StoredCheckpoint.BEFORE_FIRST_OFFSET))
        .map(SimulatedEvent::logOf)
        .orElse(same ? checkpointOf : log.number());
  }

  /** Whether the stored checkpoint is of an event hub that is no more. */
  boolean isStale() {
    return checkpointOf != log.number();
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
