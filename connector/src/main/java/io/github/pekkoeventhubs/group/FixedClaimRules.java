// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.ownership.ClaimRules;
import java.util.Map;
import java.util.Optional;

/**
 * The rules of an owner that reads a partition of a fixed list without claiming it.
 *
 * @param positions the user's starting positions of the partitions, by id
 */
record FixedClaimRules(Map<String, Optional<EventPosition>> positions) implements ClaimRules {

  @Override
  public boolean claims() {
    return false;
  }

  @Override
  public String ownerId() {
    return "";
  }

  @Override
  public boolean mayClaim(Optional<StoredOwnership> record, ConsumerSettings settings) {
    return false;
  }

  @Override
  public Optional<EventPosition> fixedPosition(String partitionId) {
    return positions.getOrDefault(partitionId, Optional.empty());
  }
}
