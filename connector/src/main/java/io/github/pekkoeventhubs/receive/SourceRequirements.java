// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import java.util.Optional;

/** The settings that a source needs, which depend on its kind and on its subscription. */
record SourceRequirements(
    ConsumerSettings settings,
    Subscription subscription,
    boolean committable,
    Optional<ManualPositions> manualPositions) {

  /**
   * Checks them.
   *
   * @throws InvalidSettingsException if one is missing; names it
   */
  void check() {
    boolean fixed = subscription instanceof Subscriptions.FixedPartitions;
    boolean positionsGiven =
        subscription instanceof Subscriptions.FixedPartitions partitions
            && partitions.positions().values().stream().allMatch(Optional::isPresent);
    if (settings.partitionStore().isEmpty() && (committable || !fixed)) {
      throw new InvalidSettingsException(
          "partition-store is missing: "
              + (fixed ? "offsets cannot be committed" : "partitions cannot be claimed")
              + " without one; set it with withPartitionStore, for example to"
              + " BlobPartitionStore.create(containerClient)");
    }
    if (settings.initialPosition().isEmpty() && !positionsGiven && manualPositions.isEmpty()) {
      throw new InvalidSettingsException(
          "initial-position is missing: say where to start in a partition without checkpoint, with"
              + " withInitialPosition(EventPosition.earliest()) or latest(); there is no default,"
              + " since either may be wrong silently");
    }
  }
}
