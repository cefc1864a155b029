// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;

/**
 * A store that is called on threads of this library's pool. A store of the user may block, and so
 * may a credential of the user that the store asks for a token: owners and streams do not wait for
 * them. Answers come on the threads on which the store gives them.
 */
@InternalApi
public final class CalledOnOwnThreads implements PartitionStore {

  private final PartitionStore store;

  /**
   * @param store any; may block
   */
  public CalledOnOwnThreads(PartitionStore store) {
    this.store = store;
  }

  private static <T> CompletionStage<T> called(Supplier<CompletionStage<T>> call) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    OwnThreads.pool()
        .execute(
            () ->
                Stages.starting(call)
                    .whenComplete(
                        (value, failure) -> {
                          if (failure == null) {
                            answer.complete(value);
                          } else {
                            answer.completeExceptionally(StageFailure.causeOf(failure));
                          }
                        }));
    return answer;
  }

  @Override
  public CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup) {
    return called(() -> store.listOwnerships(namespace, eventHub, consumerGroup));
  }

  @Override
  public CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup) {
    return called(() -> store.listCheckpoints(namespace, eventHub, consumerGroup));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> readOwnership(EventHubPartition partition) {
    return called(() -> store.readOwnership(partition));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    return called(() -> store.createOwnership(partition, ownerId, entries));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    return called(() -> store.replaceOwnership(expected, ownerId, entries));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(EventHubPartition partition) {
    return called(() -> store.readCheckpoint(partition));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    return called(() -> store.createCheckpoint(partition, entries));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion) {
    return called(() -> store.replaceCheckpoint(partition, entries, expectedVersion));
  }

  @Override
  public CompletionStage<Instant> serverTime() {
    return called(store::serverTime);
  }

  @Override
  public CompletionStage<Done> probe(String namespace, String eventHub, String consumerGroup) {
    return called(() -> store.probe(namespace, eventHub, consumerGroup));
  }

  @Override
  public boolean isFenced() {
    return store.isFenced();
  }

  @Override
  public String description() {
    return store.description();
  }
}
