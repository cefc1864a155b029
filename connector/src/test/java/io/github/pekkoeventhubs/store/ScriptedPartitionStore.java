// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A store in memory whose requests complete at once, on the caller's thread, unless the test's
 * script says otherwise: that they fail, that their replies are lost, that they are delayed, or
 * that somebody else is quicker.
 */
public final class ScriptedPartitionStore implements PartitionStore {

  public enum Operation {
    READ_OWNERSHIP,
    CREATE_OWNERSHIP,
    REPLACE_OWNERSHIP,
    READ_CHECKPOINT,
    CREATE_CHECKPOINT,
    REPLACE_CHECKPOINT,
    LIST
  }

  /** The outcome of one request. */
  enum Fate {
    /** It never arrives. */
    LOST,
    /** It is applied, and the reply does not come back. */
    UNANSWERED,
    /** It is refused for a reason that stays. */
    DENIED,
    /** It is refused as if the record had another version, although it has not. */
    REFUSED_AS_IF_CHANGED
  }

  /** A request that waits until the test lets it go on. */
  public static final class Delayed {
    private Runnable request = () -> {};
    private boolean arrived;

    public boolean hasArrived() {
      return arrived;
    }

    /** The request reaches the store, and its reply the caller. */
    public void deliver() {
      request.run();
    }
  }

  static final EventHubPartition PARTITION =
      new EventHubPartition("ns.servicebus.windows.net", "orders", "billing", "0");

  private final Map<EventHubPartition, StoredOwnership> ownerships = new HashMap<>();
  private final Map<EventHubPartition, StoredCheckpoint> checkpoints = new HashMap<>();
  private final List<StoredCheckpoint> checkpointWrites = new ArrayList<>();
  private final List<Operation> requests = new ArrayList<>();
  private final Map<Operation, Deque<Fate>> fates = new EnumMap<>(Operation.class);
  private final Map<Operation, Deque<Delayed>> delays = new EnumMap<>(Operation.class);
  private Consumer<Operation> beforeEach = operation -> {};
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private long versions;

  /** Sets the outcome of the next request of this kind that has none yet. */
  void next(Operation operation, Fate fate) {
    fates.computeIfAbsent(operation, ignored -> new ArrayDeque<>()).add(fate);
  }

  /** The next request of this kind waits. */
  public Delayed delayNext(Operation operation) {
    Delayed delayed = new Delayed();
    delays.computeIfAbsent(operation, ignored -> new ArrayDeque<>()).add(delayed);
    return delayed;
  }

  /** Runs before each request is applied; requests of its own are seen by it too. */
  void beforeEach(Consumer<Operation> action) {
    beforeEach = action;
  }

  /** Runs once, before the first request of this kind. */
  void beforeFirst(Operation operation, Runnable action) {
    beforeEach =
        arrived -> {
          if (arrived == operation) {
            beforeEach = ignored -> {};
            action.run();
          }
        };
  }

  void timeIs(Instant time) {
    now = time;
  }

  public List<Operation> requests() {
    return List.copyOf(requests);
  }

  void forgetRequests() {
    requests.clear();
  }

  /** Every checkpoint ever stored, in order. */
  List<StoredCheckpoint> checkpointWrites() {
    return List.copyOf(checkpointWrites);
  }

  Optional<StoredOwnership> ownership() {
    return Optional.ofNullable(ownerships.get(PARTITION));
  }

  Optional<StoredCheckpoint> checkpoint() {
    return Optional.ofNullable(checkpoints.get(PARTITION));
  }

  /** Somebody writes without asking for the version. */
  void overwriteCheckpoint(Map<String, String> entries) {
    storeCheckpoint(PARTITION, entries);
  }

  void overwriteOwnership(String ownerId, Map<String, String> entries) {
    storeOwnership(PARTITION, ownerId, entries);
  }

  void deleteCheckpoint() {
    checkpoints.remove(PARTITION);
  }

  void deleteOwnership() {
    ownerships.remove(PARTITION);
  }

  @Override
  public CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup) {
    return request(Operation.LIST, () -> List.copyOf(ownerships.values()));
  }

  @Override
  public CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup) {
    return request(
        Operation.LIST,
        () -> {
          Map<String, StoredCheckpoint> result = new HashMap<>();
          checkpoints.forEach((partition, stored) -> result.put(partition.partitionId(), stored));
          return result;
        });
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> readOwnership(EventHubPartition partition) {
    return request(
        Operation.READ_OWNERSHIP,
        () ->
            Optional.ofNullable(ownerships.get(partition))
                .map(
                    stored ->
                        new StoredOwnership(
                            partition,
                            stored.ownerId(),
                            stored.entries(),
                            stored.version(),
                            stored.lastModified(),
                            now)));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    return request(
        Operation.CREATE_OWNERSHIP,
        () ->
            ownerships.containsKey(partition)
                ? Optional.empty()
                : Optional.of(storeOwnership(partition, ownerId, entries)));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    return request(
        Operation.REPLACE_OWNERSHIP,
        () ->
            Optional.ofNullable(ownerships.get(expected.partition()))
                .filter(stored -> stored.version().equals(expected.version()))
                .map(stored -> storeOwnership(expected.partition(), ownerId, entries)));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(EventHubPartition partition) {
    return request(
        Operation.READ_CHECKPOINT, () -> Optional.ofNullable(checkpoints.get(partition)));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    return request(
        Operation.CREATE_CHECKPOINT,
        () ->
            checkpoints.containsKey(partition)
                ? Optional.empty()
                : Optional.of(storeCheckpoint(partition, entries)));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion) {
    return request(
        Operation.REPLACE_CHECKPOINT,
        () ->
            Optional.ofNullable(checkpoints.get(partition))
                .filter(stored -> stored.version().equals(expectedVersion))
                .map(stored -> storeCheckpoint(partition, entries)));
  }

  @Override
  public CompletionStage<Instant> serverTime() {
    return CompletableFuture.completedStage(now);
  }

  @Override
  public String description() {
    return "the scripted store";
  }

  private StoredOwnership storeOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    StoredOwnership stored =
        new StoredOwnership(partition, ownerId, entries, nextVersion(), now, now);
    ownerships.put(partition, stored);
    return stored;
  }

  private StoredCheckpoint storeCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    StoredCheckpoint stored = new StoredCheckpoint(entries, nextVersion());
    checkpoints.put(partition, stored);
    checkpointWrites.add(stored);
    return stored;
  }

  private String nextVersion() {
    return "v" + ++versions;
  }

  private <T> CompletionStage<T> request(Operation operation, Supplier<T> apply) {
    requests.add(operation);
    Delayed delayed = poll(delays, operation);
    CompletableFuture<T> result = new CompletableFuture<>();
    if (delayed != null) {
      delayed.arrived = true;
      delayed.request = () -> result.complete(apply.get());
      return result;
    }
    beforeEach.accept(operation);
    Fate fate = poll(fates, operation);
    if (fate == Fate.LOST || fate == Fate.DENIED) {
      result.completeExceptionally(
          new PartitionStoreException("scripted: " + fate, null, fate == Fate.LOST));
      return result;
    }
    if (fate == Fate.REFUSED_AS_IF_CHANGED) {
      // Each conditional request has an optional record as its answer.
      @SuppressWarnings("unchecked")
      T refusal = (T) Optional.empty();
      result.complete(refusal);
      return result;
    }
    T answer = apply.get();
    if (fate == Fate.UNANSWERED) {
      result.completeExceptionally(new PartitionStoreException("scripted: no reply", null, true));
    } else {
      result.complete(answer);
    }
    return result;
  }

  private static <T> @Nullable T poll(Map<Operation, Deque<T>> queues, Operation operation) {
    Deque<T> queue = queues.get(operation);
    return queue == null ? null : queue.poll();
  }
}
