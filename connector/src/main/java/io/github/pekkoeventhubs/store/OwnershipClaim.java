// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StoredOwnership;
import java.util.Objects;
import org.apache.pekko.annotation.InternalApi;

/**
 * One claim of one partition. The token identifies the claim; the owner's id does not. The same
 * owner may claim a partition again, and requests of its earlier claim that are still under way
 * must not count for the new one.
 *
 * @param claimToken random, written by this claim and kept by its renewals
 * @param record the ownership record as this claim last read or wrote it
 */
@InternalApi
public record OwnershipClaim(String claimToken, StoredOwnership record) {

  /** Refuses a record that carries another claim. */
  public OwnershipClaim {
    Objects.requireNonNull(claimToken, "claimToken");
    if (!record.isClaimedWith(claimToken)) {
      throw new IllegalArgumentException(
          "the record of " + record.partition() + " is not of this claim");
    }
  }

  /** The partition. */
  public EventHubPartition partition() {
    return record.partition();
  }

  /** The id under which the partition was claimed. */
  public String ownerId() {
    return record.ownerId();
  }

  /** The same claim with a newer version of its record. */
  OwnershipClaim adopting(StoredOwnership newer) {
    return new OwnershipClaim(claimToken, newer);
  }
}
