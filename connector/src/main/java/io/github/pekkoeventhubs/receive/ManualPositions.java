// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionPositions;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Positions that the user keeps. The user's functions are called for a position when a partition is
 * assigned, and to store the position when it is given up. A function that throws counts as a stage
 * that has failed.
 */
final class ManualPositions {

  private static final Logger LOG = LoggerFactory.getLogger("io.github.pekkoeventhubs.Consumer");

  private final PartitionPositions positions;

  ManualPositions(PartitionPositions positions) {
    this.positions = positions;
  }

  /** Returns the user's starting position of the partition; fails if the user's function fails. */
  CompletionStage<Optional<EventPosition>> of(EventHubPartition partition) {
    return starting(() -> positions.onAssign().apply(Set.of(partition)))
        .handle(
            (known, error) -> {
              if (error != null || known == null) {
                throw new EventHubsException(
                    "positionsOnAssign has given no positions for " + partition, error);
              }
              return Optional.ofNullable(known.get(partition));
            });
  }

  /** Completes when the user has finished with the partition, well or not. */
  CompletionStage<Done> revoked(EventHubPartition partition) {
    return starting(() -> positions.onRevoke().apply(Set.of(partition)))
        .handle(
            (result, error) -> {
              if (error != null) {
                LOG.warn("onRevoke has failed for {}", partition, error);
              }
              return Done.getInstance();
            });
  }

  private interface Start<T> {
    CompletionStage<? extends T> start();
  }

  private static <T> CompletionStage<T> starting(Start<T> function) {
    try {
      return function.start().thenApply(Function.identity());
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
