// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.ConcurrentCheckpointException;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * The checkpoint of a fixed partition, for which nobody holds a claim. If a second writer has
 * stored a later position, the write fails with {@link ConcurrentCheckpointException}; an earlier
 * position is overwritten. Positions below the one stored at the beginning are not written.
 */
@InternalApi
public final class UnclaimedCheckpoint extends ConditionalCheckpoint {

  private UnclaimedCheckpoint(
      PartitionStore store, EventHubPartition partition, Optional<StoredCheckpoint> stored) {
    super(store, partition, stored);
  }

  /** Reads the checkpoint to go on from; writes nothing. */
  public static CompletionStage<UnclaimedCheckpoint> open(
      PartitionStore store, EventHubPartition partition) {
    return Stages.starting(() -> store.readCheckpoint(partition))
        .thenApply(checkpoint -> new UnclaimedCheckpoint(store, partition, checkpoint));
  }

  /**
   * Reads the checkpoint to go on from, or creates it if there is none.
   *
   * @param startPosition the entries of a partition without a checkpoint: the resolved position,
   *     exclusive. Asked for only then
   */
  public static CompletionStage<UnclaimedCheckpoint> openOrCreate(
      PartitionStore store,
      EventHubPartition partition,
      Supplier<? extends CompletionStage<Map<String, String>>> startPosition) {
    return open(store, partition)
        .thenCompose(
            found ->
                found.stored().isPresent()
                    ? CompletableFuture.completedStage(found)
                    : startPosition
                        .get()
                        .thenCompose(entries -> store.createCheckpoint(partition, entries))
                        .thenCompose(
                            created ->
                                created.isPresent()
                                    ? CompletableFuture.completedStage(
                                        new UnclaimedCheckpoint(store, partition, created))
                                    : open(store, partition)));
  }

  /** There is none without a claim; the one in the record is kept. */
  @Override
  public OptionalLong fencingToken() {
    return OptionalLong.empty();
  }

  @Override
  CompletionStage<CheckpointStep> afterRefusal(CheckpointPosition position) {
    return store
        .readCheckpoint(partition)
        .thenApply(
            current -> {
              current.ifPresent(checkpoint -> refuseToLag(checkpoint, position));
              return commit(current, position);
            });
  }

  private void refuseToLag(StoredCheckpoint current, CheckpointPosition position) {
    long number = current.sequenceNumber().orElse(SequenceNumbers.UNKNOWN);
    if (number > position.sequenceNumber()) {
      throw new ConcurrentCheckpointException(
          "the checkpoint of "
              + partition
              + " in "
              + store.description()
              + " has moved to sequence number "
              + number
              + ", beyond "
              + position.sequenceNumber()
              + " of this stream: somebody else commits the same partition. Stop the other reader,"
              + " or give one of the two its own consumer group");
    }
  }
}
