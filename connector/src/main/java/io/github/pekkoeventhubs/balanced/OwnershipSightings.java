// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How long ownership records have been as they are. A claim has expired when the store's clock says
 * so, or when its record has not changed for as long before our eyes, by the monotonic clock. What
 * this machine takes for the time of day plays no part.
 */
final class OwnershipSightings {

  private final Duration expiry;
  private final Duration patience;
  private final Map<String, Sighting> sightings = new HashMap<>();

  /**
   * @param expiry how long a claim without renewal is respected
   * @param patience how long a request or a free partition may stay as it is
   */
  OwnershipSightings(Duration expiry, Duration patience) {
    this.expiry = expiry;
    this.patience = patience;
  }

  /** Since when a record has had this version, and this owner and requester. */
  private record Sighting(
      String version, long unchangedSince, String owner, String requester, long soSince) {}

  /**
   * The partitions as the policy wants to see them.
   *
   * @param records the newest of each partition that has one
   */
  Collection<BalancingPolicy.Partition> observe(
      Collection<String> partitionIds, Map<String, StoredOwnership> records, long nanoTime) {
    return partitionIds.stream()
        .map(id -> observe(id, Optional.ofNullable(records.get(id)), nanoTime))
        .toList();
  }

  private BalancingPolicy.Partition observe(
      String partitionId, Optional<StoredOwnership> record, long nanoTime) {
    String version = record.map(StoredOwnership::version).orElse("");
    @Nullable Sighting before = sightings.get(partitionId);
    long unchangedSince =
        before != null && before.version().equals(version) ? before.unchangedSince() : nanoTime;
    boolean isLive =
        record.isPresent()
            && !record.get().isReleased()
            && record.get().age().compareTo(expiry) < 0
            && nanoTime - unchangedSince < expiry.toNanos();
    String owner = isLive ? record.get().ownerId() : "";
    String requester = record.flatMap(StoredOwnership::handOverRequester).orElse("");
    long soSince =
        before != null && before.owner().equals(owner) && before.requester().equals(requester)
            ? before.soSince()
            : nanoTime;
    sightings.put(partitionId, new Sighting(version, unchangedSince, owner, requester, soSince));
    return new BalancingPolicy.Partition(
        partitionId,
        owner,
        record.map(OwnershipSightings::handsOver).orElse(false),
        requester,
        nanoTime - soSince >= patience.toNanos());
  }

  /** Only claims of ours carry a token. */
  static boolean handsOver(StoredOwnership record) {
    return record.entries().containsKey(StoredOwnership.CLAIM_TOKEN);
  }
}
