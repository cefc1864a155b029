// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The owner of a partition, as a {@link PartitionStore} holds it. Immutable, and safe for all
 * threads; nothing here fails.
 *
 * @param partition the partition
 * @param ownerId the owner's id; empty where the partition was released
 * @param entries every further entry of the record with lower-case keys, the {@link #CLAIM_TOKEN}
 *     of one of our own claims among them
 * @param version changes with every write, and is named by a conditional write. A blob's ETag
 * @param lastModified when the record was written, by the store's clock
 * @param readAt when the record was read, by the store's clock
 */
public record StoredOwnership(
    EventHubPartition partition,
    String ownerId,
    Map<String, String> entries,
    String version,
    Instant lastModified,
    Instant readAt) {

  /** The key of the random token that each claim writes and that its renewals keep. */
  public static final String CLAIM_TOKEN = "pekkoclaim";

  /** The key under which a neighbour asks the owner to hand the partition over. */
  public static final String HAND_OVER_REQUEST = "pekkohandover";

  /**
   * The key of the identity of the cluster in which the partition was claimed: a random text that
   * the members of a cluster share.
   */
  public static final String CLUSTER = "pekkocluster";

  /**
   * The key of the time at which the partition was claimed, by the store's clock, in milliseconds
   * since 1970. The first renewal writes it, and later ones keep it.
   */
  public static final String CLAIMED_SINCE = "pekkoclaimedsince";

  /** Copies the entries. */
  public StoredOwnership {
    Objects.requireNonNull(partition, "partition");
    Objects.requireNonNull(ownerId, "ownerId");
    entries = Map.copyOf(entries);
    Objects.requireNonNull(version, "version");
    Objects.requireNonNull(lastModified, "lastModified");
    Objects.requireNonNull(readAt, "readAt");
  }

  /** Whether nobody owns the partition. */
  public boolean isReleased() {
    return ownerId.isEmpty();
  }

  /** Whether the record still carries this claim. */
  public boolean isClaimedWith(String claimToken) {
    return claimToken.equals(entries.get(CLAIM_TOKEN));
  }

  /** The neighbour that asks for the partition, if one does. */
  public Optional<String> handOverRequester() {
    return Optional.ofNullable(entries.get(HAND_OVER_REQUEST));
  }

  /** The identity of the cluster in which the partition was claimed, if it was in one. */
  public Optional<String> cluster() {
    return Optional.ofNullable(entries.get(CLUSTER));
  }

  /**
   * The number that the last claim has written under {@link StoredCheckpoint#FENCING_TOKEN}; no
   * fencing token of that claim is lower. Empty where the record has none.
   */
  public OptionalLong fencingToken() {
    return FencingTokenEntry.in(entries);
  }

  /**
   * Since when the owner has the partition, by the store's clock. Empty where nobody has it, and
   * for a claim of an official processor, which does not keep that.
   */
  public Optional<Instant> claimedSince() {
    if (isReleased() || !entries.containsKey(CLAIM_TOKEN)) {
      return Optional.empty();
    }
    String since = entries.get(CLAIMED_SINCE);
    if (since == null) {
      return Optional.of(lastModified);
    }
    try {
      return Optional.of(Instant.ofEpochMilli(Long.parseLong(since)));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /**
   * Whether somebody owns the partition and has claimed it, or renewed the claim, less than the
   * expiry before the record was read. At the expiry itself the claim has expired, and everybody
   * may claim the partition. By the store's clock alone.
   *
   * @param expiry how long a claim holds without a renewal, as {@code ownership.expiry} says
   */
  public boolean isLive(Duration expiry) {
    return !isReleased() && age().compareTo(expiry) < 0;
  }

  /** How long ago the record was written, by the store's clock alone. Never negative. */
  public Duration age() {
    Duration age = Duration.between(lastModified, readAt);
    return age.isNegative() ? Duration.ZERO : age;
  }
}
