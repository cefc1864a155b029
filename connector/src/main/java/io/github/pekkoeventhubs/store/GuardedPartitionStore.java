// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoreAnswer;
import io.github.pekkoeventhubs.StoreHealth;
import io.github.pekkoeventhubs.StoreOperation;
import io.github.pekkoeventhubs.StoreRequestCounters;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * A store that anybody may have written, as the connector uses it. It is called on threads of this
 * library's pool: it may block, and so may a credential that it asks for a token, and no owner or
 * stream waits for them. A method that throws, or returns no stage, counts as a stage that has
 * failed for good, so that it fails a stream, and not the actor that has called it. Answers come on
 * the threads on which the store gives them.
 */
@InternalApi
public final class GuardedPartitionStore implements PartitionStore {

  private final PartitionStore store;
  private final StoreRequestCounters counters;

  private GuardedPartitionStore(PartitionStore store, StoreRequestCounters counters) {
    this.store = store;
    this.counters = counters;
  }

  /** A store whose every method returns a stage. */
  public static PartitionStore guarding(PartitionStore store) {
    return guarding(store, new StoreRequestCounters());
  }

  /** The same, with its requests counted there. */
  public static PartitionStore guarding(PartitionStore store, StoreRequestCounters counters) {
    return new GuardedPartitionStore(store, counters);
  }

  private static Call asking(StoreOperation operation) {
    return new Call(operation, StoreAnswer.ANSWERED);
  }

  private static Call reading(StoreOperation operation) {
    return new Call(operation, StoreAnswer.NOT_FOUND);
  }

  private static Call writing(StoreOperation operation) {
    return new Call(operation, StoreAnswer.CONFLICT);
  }

  /**
   * A call as it counts.
   *
   * @param whenEmpty what an answer means in which there is nothing
   */
  private record Call(StoreOperation operation, StoreAnswer whenEmpty) {

    StoreAnswer meaningOf(@Nullable Object answer) {
      return answer instanceof Optional<?> found && found.isEmpty()
          ? whenEmpty
          : StoreAnswer.ANSWERED;
    }
  }

  private <T> CompletionStage<T> counted(
      String method, Call call, Supplier<? extends @Nullable CompletionStage<T>> request) {
    return guarded(
        method,
        request,
        value -> counters.answered(call.operation, call.meaningOf(value)),
        failure -> counters.failed(call.operation, failure));
  }

  /**
   * @param whenAnswered told before those who have asked
   * @param whenFailed the same, with the failure as they get it
   */
  private <T> CompletionStage<T> guarded(
      String method,
      Supplier<? extends @Nullable CompletionStage<T>> request,
      Consumer<@Nullable T> whenAnswered,
      Consumer<Throwable> whenFailed) {
    CompletableFuture<T> result = new CompletableFuture<>();
    OwnThreads.pool()
        .execute(
            () ->
                started(method, request)
                    .whenComplete(
                        (value, failure) -> {
                          if (failure == null) {
                            whenAnswered.accept(value);
                            result.complete(value);
                          } else {
                            Throwable cause = StageFailure.causeOf(failure);
                            whenFailed.accept(cause);
                            result.completeExceptionally(cause);
                          }
                        }));
    return result;
  }

  private <T> CompletionStage<T> started(
      String method, Supplier<? extends @Nullable CompletionStage<T>> request) {
    try {
      @Nullable CompletionStage<T> answer = request.get();
      return answer == null ? failed(method, "returned no stage", null) : answer;
    } catch (PartitionStoreException e) {
      return CompletableFuture.failedFuture(e);
    } catch (Throwable e) {
      // A class that is missing or an assertion that fails is an Error. It would end the task in
      // silence, and nobody would get an answer.
      return failed(method, "threw " + StageFailure.inWords(e), e);
    }
  }

  private <T> CompletionStage<T> failed(String method, String what, @Nullable Throwable cause) {
    return CompletableFuture.failedFuture(
        new PartitionStoreException(
            "the partition store ("
                + store.getClass().getName()
                + ") has broken its contract: "
                + method
                + " "
                + what
                + ", where it should have returned a stage that fails",
            cause,
            false));
  }

  @Override
  public CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup) {
    return counted(
        "listOwnerships",
        asking(StoreOperation.LIST),
        () -> store.listOwnerships(namespace, eventHub, consumerGroup));
  }

  @Override
  public CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup) {
    return counted(
        "listCheckpoints",
        asking(StoreOperation.LIST),
        () -> store.listCheckpoints(namespace, eventHub, consumerGroup));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> readOwnership(EventHubPartition partition) {
    return counted(
        "readOwnership",
        reading(StoreOperation.READ_OWNERSHIP),
        () -> store.readOwnership(partition));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    return counted(
        "createOwnership",
        writing(StoreOperation.WRITE_OWNERSHIP),
        () -> store.createOwnership(partition, ownerId, entries));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    return counted(
        "replaceOwnership",
        writing(StoreOperation.WRITE_OWNERSHIP),
        () -> store.replaceOwnership(expected, ownerId, entries));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(EventHubPartition partition) {
    return counted(
        "readCheckpoint",
        reading(StoreOperation.READ_CHECKPOINT),
        () -> store.readCheckpoint(partition));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    return counted(
        "createCheckpoint",
        writing(StoreOperation.WRITE_CHECKPOINT),
        () -> store.createCheckpoint(partition, entries));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion) {
    return counted(
        "replaceCheckpoint",
        writing(StoreOperation.WRITE_CHECKPOINT),
        () -> store.replaceCheckpoint(partition, entries, expectedVersion));
  }

  @Override
  public CompletionStage<Instant> serverTime() {
    return counted("serverTime", asking(StoreOperation.READ_TIME), store::serverTime);
  }

  @Override
  public CompletionStage<Done> probe(String namespace, String eventHub, String consumerGroup) {
    return guarded(
        "probe", () -> store.probe(namespace, eventHub, consumerGroup), done -> {}, failure -> {});
  }

  @Override
  public boolean isFenced() {
    return store.isFenced();
  }

  @Override
  public Optional<StoreHealth> health() {
    return store.health();
  }

  @Override
  public String description() {
    return store.description();
  }
}
