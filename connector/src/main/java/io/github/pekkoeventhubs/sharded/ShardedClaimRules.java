// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.ownership.ClaimRules;
import java.util.Optional;

/**
 * The rules of an owner that cluster sharding has placed here.
 *
 * @param members the cluster as this node knows it
 */
record ShardedClaimRules(MembersView members) implements ClaimRules {

  @Override
  public boolean claims() {
    return true;
  }

  @Override
  public String ownerId() {
    return members.self();
  }

  @Override
  public boolean mayClaim(Optional<StoredOwnership> record, ConsumerSettings settings) {
    return new ClaimPolicy(settings.ownership().expiry()).mayClaim(record, members.members());
  }

  @Override
  public Optional<EventPosition> fixedPosition(String partitionId) {
    return Optional.empty();
  }
}
