// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static java.util.concurrent.CompletableFuture.completedStage;
import static java.util.concurrent.CompletableFuture.failedStage;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes a checkpoint against the version last seen: one request as long as nobody else writes. The
 * subclass decides what a refusal means. Never writes a lower position than the last one seen.
 */
abstract sealed class ConditionalCheckpoint implements CheckpointWriter
    permits FencedCheckpoint, UnclaimedCheckpoint {

  /** More refusals than this in a row are left to the caller's backoff. */
  static final int MAX_ROUNDS = 8;

  final PartitionStore store;
  final EventHubPartition partition;

  private final AtomicLong conflicts = new AtomicLong();
  private volatile Optional<StoredCheckpoint> stored;

  /** Needs no lock: the completion stage of one write passes it to the next. */
  private @Nullable CheckpointPosition lastStored;

  ConditionalCheckpoint(
      PartitionStore store, EventHubPartition partition, Optional<StoredCheckpoint> stored) {
    this.store = store;
    this.partition = partition;
    this.stored = stored;
  }

  /** Decides the next step after the store has refused to write the position. */
  abstract CompletionStage<CheckpointStep> afterRefusal(CheckpointPosition position);

  @Override
  public final CompletionStage<WriteOutcome> write(CheckpointPosition position) {
    return Stages.starting(
        () ->
            lastStored != null && !position.isAfter(lastStored)
                ? completedStage(WriteOutcome.COVERED)
                : perform(commit(stored, position), position, MAX_ROUNDS));
  }

  /** The next step of a commit, as far as the record decides it. */
  final CheckpointStep commit(Optional<StoredCheckpoint> record, CheckpointPosition position) {
    return CheckpointRule.commit(record, position, fencingToken());
  }

  @Override
  public final CompletionStage<Optional<StoredCheckpoint>> replace(Map<String, String> entries) {
    StoredCheckpoint before = stored.orElseThrow();
    Map<String, String> kept = before.keepFencingToken(FencingTokens.with(entries, fencingToken()));
    return Stages.starting(() -> store.replaceCheckpoint(partition, kept, before.version()))
        .thenApply(
            written -> {
              if (written.isPresent()) {
                stored = written;
              }
              return written;
            });
  }

  @Override
  public final Optional<StoredCheckpoint> stored() {
    return stored;
  }

  @Override
  public final long conflicts() {
    return conflicts.get();
  }

  private CompletionStage<WriteOutcome> perform(
      CheckpointStep step, CheckpointPosition position, int rounds) {
    return step.choose(
        new CheckpointStep.Kinds<CompletionStage<WriteOutcome>>() {
          @Override
          public CompletionStage<WriteOutcome> giveUp() {
            return completedStage(WriteOutcome.LOST);
          }

          @Override
          public CompletionStage<WriteOutcome> adopt(StoredCheckpoint current) {
            return adopted(current, position, WriteOutcome.COVERED);
          }

          @Override
          public CompletionStage<WriteOutcome> create(Map<String, String> entries) {
            return store
                .createCheckpoint(partition, entries)
                .thenCompose(written -> afterWrite(written, position, rounds));
          }

          @Override
          public CompletionStage<WriteOutcome> replace(
              Map<String, String> entries, String expectedVersion) {
            return store
                .replaceCheckpoint(partition, entries, expectedVersion)
                .thenCompose(written -> afterWrite(written, position, rounds));
          }
        });
  }

  private CompletionStage<WriteOutcome> afterWrite(
      Optional<StoredCheckpoint> written, CheckpointPosition position, int rounds) {
    if (written.isPresent()) {
      return adopted(written.get(), position, WriteOutcome.WRITTEN);
    }
    conflicts.incrementAndGet();
    return rounds == 0
        ? failedStage(neverAccepted(store, partition))
        : afterRefusal(position).thenCompose(step -> perform(step, position, rounds - 1));
  }

  private CompletionStage<WriteOutcome> adopted(
      StoredCheckpoint record, CheckpointPosition position, WriteOutcome outcome) {
    stored = Optional.of(record);
    lastStored = position;
    return completedStage(outcome);
  }

  static PartitionStoreException neverAccepted(PartitionStore store, EventHubPartition partition) {
    return new PartitionStoreException(
        "the checkpoint of "
            + partition
            + " in "
            + store.description()
            + " changed before each of "
            + (MAX_ROUNDS + 1)
            + " attempts to write it: somebody else keeps writing it",
        null,
        true);
  }
}
