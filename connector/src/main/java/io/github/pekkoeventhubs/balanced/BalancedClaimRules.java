// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.ownership.ClaimRules;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * The rules of an owner that claims a partition which was free, or was to be taken, when the
 * records were last listed.
 *
 * @param ownerId of this process
 * @param takenVersion the version of the record that may be taken from its owner; empty for none
 * @param isMixed whether official processors share the group now
 * @param isNew whether the event hub has got a partition since the group has been reading here
 */
record BalancedClaimRules(
    String ownerId, Optional<String> takenVersion, BooleanSupplier isMixed, Predicate<String> isNew)
    implements ClaimRules {

  @Override
  public boolean claims() {
    return true;
  }

  /** If the record has changed since it was listed, the next listing decides. */
  @Override
  public boolean mayClaim(Optional<StoredOwnership> record, ConsumerSettings settings) {
    return record
        .map(
            current ->
                !current.isLive(settings.ownership().expiry())
                    || current.ownerId().equals(ownerId)
                    || takenVersion.equals(Optional.of(current.version())))
        .orElse(true);
  }

  @Override
  public Duration renewalInterval(ConsumerSettings settings) {
    Duration alone = settings.ownership().renewalInterval();
    Duration mixed = settings.balanced().mixedRenewalInterval();
    return isMixed.getAsBoolean() && mixed.compareTo(alone) < 0 ? mixed : alone;
  }

  @Override
  public Optional<EventPosition> initialPosition(String partitionId, ConsumerSettings settings) {
    return isNew.test(partitionId)
        ? Optional.of(EventPosition.earliest())
        : settings.initialPosition();
  }

  @Override
  public Optional<EventPosition> fixedPosition(String partitionId) {
    return Optional.empty();
  }
}
