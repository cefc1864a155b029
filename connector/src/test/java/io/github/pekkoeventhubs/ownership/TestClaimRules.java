// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import java.util.Optional;
import java.util.function.Predicate;

/** Claims where this is true of the record; without one, partitions are not claimed at all. */
record TestClaimRules(boolean claims, Predicate<Optional<StoredOwnership>> isClaimable)
    implements ClaimRules {

  static final String OWNER = "orders@10.0.0.1:7355#1";

  /** Takes every partition. */
  static ClaimRules claimingAll() {
    return new TestClaimRules(true, record -> true);
  }

  /** Takes partitions that nobody has. */
  static ClaimRules claimingWhatIsFree() {
    return new TestClaimRules(true, record -> record.isEmpty() || record.get().isReleased());
  }

  /** As for partitions of a fixed list. */
  static ClaimRules unclaimed() {
    return new TestClaimRules(false, record -> false);
  }

  @Override
  public String ownerId() {
    return claims ? OWNER : "";
  }

  @Override
  public boolean mayClaim(Optional<StoredOwnership> record, ConsumerSettings settings) {
    return isClaimable.test(record);
  }

  @Override
  public Optional<EventPosition> fixedPosition(String partitionId) {
    return Optional.empty();
  }
}
