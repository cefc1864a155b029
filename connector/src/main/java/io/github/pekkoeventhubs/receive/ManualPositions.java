// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionPositions;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/**
 * Positions that the user keeps. The user's functions are called for a position when a partition is
 * assigned, and to store the position when it is given up. A function that throws counts as a stage
 * that has failed.
 */
final class ManualPositions {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.Consumer");

  private final PartitionPositions positions;

  ManualPositions(PartitionPositions positions) {
    this.positions = positions;
  }

  /**
   * Returns the user's starting position of the partition. Fails if the user's function fails, or
   * does not complete its stage in time.
   */
  CompletionStage<Optional<EventPosition>> of(EventHubPartition partition, UserAnswer times) {
    return times
        .within(
            "positionsOnAssign",
            partition,
            starting(() -> positions.onAssign().apply(Set.of(partition))))
        .handle(
            (known, error) -> {
              if (error != null || known == null) {
                throw noPositions(partition, error);
              }
              return Optional.ofNullable(known.get(partition));
            });
  }

  private static EventHubsException noPositions(
      EventHubPartition partition, @Nullable Throwable error) {
    Throwable cause = error == null ? null : StageFailure.causeOf(error);
    String why = cause instanceof TimeoutException ? ": " + StageFailure.messageOf(cause) : "";
    return new EventHubsException(
        "positionsOnAssign has given no positions for " + partition + why, error);
  }

  /** Completes when the user has finished with the partition, well or not. */
  CompletionStage<Done> revoked(EventHubPartition partition) {
    return starting(() -> positions.onRevoke().apply(Set.of(partition)))
        .handle(
            (result, error) -> {
              if (error != null) {
                LOG.warn(LogKeys.of(partition), "onRevoke has failed for {}", partition, error);
              }
              return Done.getInstance();
            });
  }

  private interface Start<T> {
    CompletionStage<? extends T> start();
  }

  /** The user's function may block: it runs on a thread where nothing of ours waits for it. */
  private static <T> CompletionStage<T> starting(Start<T> function) {
    return CompletableFuture.supplyAsync(function::start, OwnThreads.pool())
        .thenCompose(stage -> stage.thenApply(Function.identity()));
  }
}
