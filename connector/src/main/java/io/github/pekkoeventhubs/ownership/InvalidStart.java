// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.InvalidCheckpoint;
import io.github.pekkoeventhubs.InvalidCheckpoint.Reason;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A start that cannot be used: {@code continuity.on-invalid-checkpoint} decides where to read on.
 *
 * @param stored the checkpoint, or the position in the form of one
 * @param evidence a sentence without its end, with both positions
 * @param failure fails the stream if there is no other position
 */
record InvalidStart(
    EventHubPartition partition,
    ContinuitySettings settings,
    StoredCheckpoint stored,
    Reason reason,
    String evidence,
    EventHubsException failure) {

  /** Returns the position from which to read on. Fails if the stream is to fail. */
  CompletionStage<EventPosition> decide(CompletionStage<PartitionProperties> asked) {
    if (settings.onInvalidCheckpoint().isFail()) {
      return CompletableFuture.failedFuture(failure);
    }
    return asked
        .thenApplyAsync(this::positionFor, OwnThreads.pool())
        .thenCompose(
            position ->
                position
                    .map(CompletableFuture::completedFuture)
                    .orElseGet(() -> CompletableFuture.failedFuture(failure)));
  }

  private Optional<EventPosition> positionFor(PartitionProperties properties) {
    InvalidCheckpoint invalid =
        new InvalidCheckpoint(partition, stored, properties, reason, partition + ": " + evidence);
    try {
      return settings.onInvalidCheckpoint().positionFor(invalid);
    } catch (RuntimeException e) {
      throw new EventHubsException(
          "the function of continuity.on-invalid-checkpoint has failed for " + partition, e);
    }
  }
}
