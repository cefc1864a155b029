// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;

/**
 * The rules by which owners of a placement claim partitions: whether, under which name, when, and
 * how often a claim is renewed. Each placement has its own.
 */
@InternalApi
public interface ClaimRules {

  /** Whether partitions are claimed. */
  boolean claims();

  /**
   * Completes when this node knows enough to claim: an owner looks at no record before. At once for
   * most placements.
   */
  default CompletionStage<Done> ready() {
    return CompletableFuture.completedFuture(Done.getInstance());
  }

  /** Signs the claims; empty without claims. */
  String ownerId();

  /** Further entries of the claims, written by each claim and each renewal. */
  default Map<String, String> signature() {
    return Map.of();
  }

  /** Whether a partition with this ownership record may be claimed now. */
  boolean mayClaim(Optional<StoredOwnership> record, ConsumerSettings settings);

  /** How soon after a renewal the next is due. */
  default Duration renewalInterval(ConsumerSettings settings) {
    return settings.ownership().renewalInterval();
  }

  /**
   * Returns where to start in a partition without a checkpoint: the initial position of the
   * settings, unless the placement knows that the partition is new.
   */
  default Optional<EventPosition> initialPosition(String partitionId, ConsumerSettings settings) {
    return settings.initialPosition();
  }

  /**
   * Returns the starting position that was asked for, which counts instead of the checkpoint, if
   * there is one.
   */
  Optional<EventPosition> fixedPosition(String partitionId);
}
