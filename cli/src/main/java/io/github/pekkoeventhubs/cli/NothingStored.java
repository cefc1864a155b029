// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A store without any record, for a container that does not exist. It is not written to. */
final class NothingStored implements PartitionStore {

  private final String description;

  NothingStored(String container) {
    this.description = "container '" + container + "', which does not exist";
  }

  @Override
  public CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup) {
    return CompletableFuture.completedStage(List.of());
  }

  @Override
  public CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup) {
    return CompletableFuture.completedStage(Map.of());
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> readOwnership(EventHubPartition partition) {
    return CompletableFuture.completedStage(Optional.empty());
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    return refused();
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    return refused();
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(EventHubPartition partition) {
    return CompletableFuture.completedStage(Optional.empty());
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    return refused();
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion) {
    return refused();
  }

  @Override
  public CompletionStage<Instant> serverTime() {
    return refused();
  }

  @Override
  public String description() {
    return description;
  }

  private <T> CompletionStage<T> refused() {
    return CompletableFuture.failedStage(
        new PartitionStoreException("nothing can be stored in " + description, null, false));
  }
}
