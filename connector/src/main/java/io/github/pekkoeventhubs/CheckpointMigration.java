// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.storage.blob.BlobContainerAsyncClient;
import io.github.pekkoeventhubs.blob.BlobRecord;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes the positions of earlier consumers over from a layout that the connector does not read by
 * itself. The checkpoints of the official processors need no migration: {@link BlobPartitionStore}
 * shares their blobs.
 *
 * <p>Stop the earlier consumers, run the migration once, then start the streams. A checkpoint is
 * only ever moved forward, each write is conditional, and a partition that somebody owns is left
 * alone: so it does no harm to run it again, at each start or on several nodes at once. The source
 * is never changed.
 *
 * <p>Thread-safe, and nothing blocks; nothing is read before {@link #into}, whose stage says what
 * has failed and completes on a thread of the stores.
 */
public final class CheckpointMigration {

  /** The result for one partition. */
  public enum Outcome {
    /** The checkpoint was created or moved forward. */
    TAKEN_OVER,
    /**
     * The checkpoint was at this position already, or later; also where the answer to writing it
     * was lost.
     */
    ALREADY_AS_FAR,
    /** The earlier consumer owned the partition and has never stored a position. */
    WITHOUT_POSITION,
    /** A consumer owns the partition in the new layout: its checkpoint belongs to it. */
    OWNED
  }

  private static final String PYTHON_OWNER = "owner_id";
  private static final String PYTHON_SEQUENCE_NUMBER = "sequence_number";

  /** The same in each official processor. */
  private static final Duration CLAIM_EXPIRY = Duration.ofMinutes(2);

  /** How often a checkpoint is read again because it has changed before it was written. */
  private static final int MAX_ROUNDS = 8;

  /** A request that fails for a passing reason is repeated for so long, beside its time-outs. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(15);

  /** Those of the other writes to a store. */
  private static final GrowingDelay DELAYS =
      new GrowingDelay(Duration.ofMillis(100), Duration.ofSeconds(5), 0.5);

  private final BlobPartitionStore source;

  private CheckpointMigration(BlobPartitionStore source) {
    this.source = source;
  }

  /**
   * From the previews of Python's {@code azure-eventhub-checkpointstoreblob} before 1.0.0b5: one
   * blob for each partition at the root of the container, named by the partition's id, with the
   * metadata {@code owner_id}, {@code offset} and {@code sequence_number}. Such a blob does not
   * name its event hub and consumer group, so that each of those needed a container of its own.
   * Other blobs in the container are ignored. A request for them has 1.5 s: see {@link
   * #fromPythonPreview(BlobContainerAsyncClient, Duration)}.
   */
  public static CheckpointMigration fromPythonPreview(BlobContainerAsyncClient container) {
    return new CheckpointMigration(BlobPartitionStore.create(container));
  }

  /**
   * The same with a time-out for the requests to this container.
   *
   * @param requestTimeout after which a request counts as failed, at least 50 ms; for a list, each
   *     of its pages
   * @throws InvalidSettingsException if the timeout is shorter
   */
  public static CheckpointMigration fromPythonPreview(
      BlobContainerAsyncClient container, Duration requestTimeout) {
    return new CheckpointMigration(BlobPartitionStore.create(container, requestTimeout));
  }

  /**
   * Takes the positions over.
   *
   * @param store the store that the streams will use; for blobs it may be the same container
   * @param namespace fully qualified, for example {@code my-namespace.servicebus.windows.net}
   * @return the outcome for each partition of the source, by its id. Fails with {@link
   *     CheckpointUnreadableException} if a blob has a position that cannot be read, with {@link
   *     CheckpointWriteException} if somebody else keeps writing a checkpoint, and with {@link
   *     PartitionStoreException} if one of the stores does: for a passing reason, after it was
   *     asked again for 15 s. The partitions before it are taken over then, and running it again
   *     takes over the rest
   */
  public CompletionStage<Map<String, Outcome>> into(
      PartitionStore store, String namespace, String eventHub, String consumerGroup) {
    return repeated(() -> source.records(""), 0, Duration.ZERO)
        .thenCompose(
            blobs -> {
              CompletionStage<Map<String, Outcome>> outcomes =
                  CompletableFuture.completedStage(new TreeMap<>());
              for (BlobRecord blob : blobs) {
                if (isOfAPartition(blob)) {
                  EventHubPartition partition =
                      new EventHubPartition(namespace, eventHub, consumerGroup, blob.name());
                  outcomes =
                      outcomes.thenCompose(
                          before ->
                              takeOver(blob, store, partition)
                                  .thenApply(
                                      outcome -> {
                                        before.put(blob.name(), outcome);
                                        return before;
                                      }));
                }
              }
              return outcomes;
            });
  }

  private static boolean isOfAPartition(BlobRecord blob) {
    return !blob.name().contains("/") && blob.metadata().containsKey(PYTHON_OWNER);
  }

  private CompletionStage<Outcome> takeOver(
      BlobRecord blob, PartitionStore store, EventHubPartition partition) {
    Optional<StoredCheckpoint> position = position(blob);
    return position.isEmpty()
        ? CompletableFuture.completedStage(Outcome.WITHOUT_POSITION)
        : repeated(() -> write(position.get(), store, partition, MAX_ROUNDS), 0, Duration.ZERO);
  }

  /** A migration that was begun and not answered may be begun again: it writes forward alone. */
  private static <T> CompletionStage<T> repeated(
      Supplier<CompletionStage<T>> request, int failures, Duration waited) {
    return request
        .get()
        .exceptionallyCompose(
            thrown -> {
              Throwable failure = StageFailure.causeOf(thrown);
              if (!(failure instanceof PartitionStoreException store) || !store.isTransient()) {
                return CompletableFuture.failedFuture(failure);
              }
              Duration delay = delay(failures, store);
              Duration longer = waited.plus(delay);
              if (longer.compareTo(LONGEST_WAIT) > 0) {
                return CompletableFuture.failedFuture(failure);
              }
              CompletableFuture<Void> pause = new CompletableFuture<>();
              OwnThreads.later(delay, () -> pause.complete(null));
              return pause.thenCompose(over -> repeated(request, failures + 1, longer));
            });
  }

  private static Duration delay(int failures, PartitionStoreException failure) {
    Duration own = DELAYS.before(failures, ThreadLocalRandom.current().nextDouble());
    return failure.retryAfter().filter(wait -> wait.compareTo(own) > 0).orElse(own);
  }

  private Optional<StoredCheckpoint> position(BlobRecord blob) {
    String sequenceNumber = blob.metadata().getOrDefault(PYTHON_SEQUENCE_NUMBER, "");
    String offset = blob.metadata().getOrDefault(StoredCheckpoint.OFFSET, "");
    if (sequenceNumber.isBlank() && offset.isBlank()) {
      return Optional.empty();
    }
    try {
      if (!offset.isBlank()) {
        return Optional.of(
            new StoredCheckpoint(
                StoredCheckpoint.entriesOf(Long.parseLong(sequenceNumber.trim()), offset),
                blob.etag()));
      }
    } catch (NumberFormatException e) {
      throw unreadable(blob, e);
    }
    throw unreadable(blob, null);
  }

  private CheckpointUnreadableException unreadable(BlobRecord blob, @Nullable Throwable cause) {
    return new CheckpointUnreadableException(
        source.description()
            + ", blob '"
            + blob.name()
            + "' needs a number as '"
            + PYTHON_SEQUENCE_NUMBER
            + "' and an '"
            + StoredCheckpoint.OFFSET
            + "' beside it: correct it, or delete it to start this partition at the initial"
            + " position",
        cause);
  }

  private static CompletionStage<Outcome> write(
      StoredCheckpoint position, PartitionStore store, EventHubPartition partition, int rounds) {
    return store
        .readCheckpoint(partition)
        .thenCompose(
            current ->
                // The ownership is read after the checkpoint: a consumer that claims later also
                // writes the checkpoint, so that the write here is refused.
                store
                    .readOwnership(partition)
                    .thenCompose(
                        ownership -> {
                          if (ownership.filter(owner -> owner.isLive(CLAIM_EXPIRY)).isPresent()) {
                            return CompletableFuture.completedStage(Outcome.OWNED);
                          }
                          if (current.filter(stored -> isAsFar(stored, position)).isPresent()) {
                            return CompletableFuture.completedStage(Outcome.ALREADY_AS_FAR);
                          }
                          return replace(current, position, store, partition, rounds);
                        }));
  }

  private static CompletionStage<Outcome> replace(
      Optional<StoredCheckpoint> current,
      StoredCheckpoint position,
      PartitionStore store,
      EventHubPartition partition,
      int rounds) {
    CompletionStage<Optional<StoredCheckpoint>> written =
        current.isPresent()
            ? store.replaceCheckpoint(
                partition,
                current.get().keepFencingToken(position.entries()),
                current.get().version())
            : store.createCheckpoint(partition, position.entries());
    return written.thenCompose(
        stored -> {
          if (stored.isPresent()) {
            return CompletableFuture.completedStage(Outcome.TAKEN_OVER);
          }
          return rounds > 0
              ? write(position, store, partition, rounds - 1)
              : CompletableFuture.failedStage(
                  new CheckpointWriteException(
                      "the checkpoint of "
                          + partition
                          + " changed before each attempt to write it: stop whoever reads this"
                          + " consumer group, then run the migration again"));
        });
  }

  private static boolean isAsFar(StoredCheckpoint stored, StoredCheckpoint position) {
    return stored.sequenceNumber().isPresent()
        && stored.sequenceNumber().getAsLong() >= position.sequenceNumber().getAsLong();
  }
}
