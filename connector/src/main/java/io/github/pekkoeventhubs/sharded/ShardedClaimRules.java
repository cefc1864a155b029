// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.ownership.ClaimRules;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.apache.pekko.Done;

/**
 * The rules of an owner that cluster sharding has placed here.
 *
 * @param members the cluster as this node knows it
 * @param isNew whether the event hub has got a partition since the group has been reading here
 */
record ShardedClaimRules(MembersView members, Predicate<String> isNew) implements ClaimRules {

  @Override
  public boolean claims() {
    return true;
  }

  /**
   * A claim without the identity of the cluster would keep a node that replaces this one waiting
   * until it expires.
   */
  @Override
  public CompletionStage<Done> ready() {
    return members.identified();
  }

  @Override
  public String ownerId() {
    return members.self();
  }

  /** The identity of the cluster, which is known: claims wait for it. */
  @Override
  public Map<String, String> signature() {
    return members.clusterId().map(id -> Map.of(StoredOwnership.CLUSTER, id)).orElse(Map.of());
  }

  @Override
  public boolean mayClaim(Optional<StoredOwnership> record, ConsumerSettings settings) {
    return new ClaimPolicy(settings.ownership().expiry()).mayClaim(record, members.members());
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
