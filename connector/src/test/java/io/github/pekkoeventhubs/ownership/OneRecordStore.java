// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store of one partition in memory, which counts the writes to its ownership record and answers
 * at once. It can be told to throw instead. Any thread.
 */
public final class OneRecordStore implements PartitionStore {

  private final EventHubPartition partition;
  private @Nullable StoredOwnership ownership;
  private @Nullable StoredCheckpoint checkpoint;
  private @Nullable RuntimeException thrown;
  private int failures;
  private boolean answersAreLost;
  private long versions;
  private int ownershipWrites;

  public OneRecordStore(EventHubPartition partition) {
    this.partition = partition;
  }

  /** From now on each method throws this on the caller's thread; null to answer again. */
  public synchronized void failByThrowing(@Nullable RuntimeException exception) {
    thrown = exception;
    failures = Integer.MAX_VALUE;
  }

  /** The next requests fail with this, on the caller's thread. */
  public synchronized void failNext(int requests, RuntimeException exception) {
    thrown = exception;
    failures = requests;
  }

  /** How many of those requests have not come yet. */
  public synchronized int failuresLeft() {
    return failures;
  }

  /** Whether requests are carried out from now on, and never answered. */
  public synchronized void loseAnswers(boolean lost) {
    answersAreLost = lost;
  }

  /** How often the ownership record was written. */
  public synchronized int ownershipWrites() {
    return ownershipWrites;
  }

  /** The ownership record as it stands. */
  public synchronized Optional<StoredOwnership> ownership() {
    return Optional.ofNullable(ownership);
  }

  /** Somebody else writes a claim of this age, whatever the record says. */
  public synchronized void claimedBy(String ownerId, Duration age) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    ownership =
        new StoredOwnership(partition, ownerId, Map.of(), "v" + ++versions, now.minus(age), now);
  }

  private synchronized <T> CompletionStage<T> answer(Supplier<T> request) {
    if (thrown != null && failures > 0) {
      failures--;
      throw thrown;
    }
    T answer = request.get();
    return answersAreLost ? new CompletableFuture<>() : CompletableFuture.completedFuture(answer);
  }

  private Optional<StoredOwnership> write(String ownerId, Map<String, String> entries) {
    ownershipWrites++;
    ownership =
        new StoredOwnership(
            partition, ownerId, entries, "v" + ++versions, Instant.EPOCH, Instant.EPOCH);
    return Optional.of(ownership);
  }

  private Optional<StoredCheckpoint> write(Map<String, String> entries) {
    checkpoint = new StoredCheckpoint(entries, "v" + ++versions);
    return Optional.of(checkpoint);
  }

  @Override
  public CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup) {
    return answer(() -> ownership == null ? List.of() : List.of(ownership));
  }

  @Override
  public CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup) {
    return answer(
        () -> checkpoint == null ? Map.of() : Map.of(partition.partitionId(), checkpoint));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> readOwnership(EventHubPartition asked) {
    return answer(() -> Optional.ofNullable(ownership));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition asked, String ownerId, Map<String, String> entries) {
    return answer(() -> ownership == null ? write(ownerId, entries) : Optional.empty());
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    return answer(
        () ->
            ownership != null && ownership.version().equals(expected.version())
                ? write(ownerId, entries)
                : Optional.empty());
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(EventHubPartition asked) {
    return answer(() -> Optional.ofNullable(checkpoint));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition asked, Map<String, String> entries) {
    return answer(() -> checkpoint == null ? write(entries) : Optional.empty());
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition asked, Map<String, String> entries, String expectedVersion) {
    return answer(
        () ->
            checkpoint != null && checkpoint.version().equals(expectedVersion)
                ? write(entries)
                : Optional.empty());
  }

  @Override
  public CompletionStage<Instant> serverTime() {
    return answer(() -> Instant.EPOCH);
  }

  @Override
  public String description() {
    return "a store of one partition";
  }
}
