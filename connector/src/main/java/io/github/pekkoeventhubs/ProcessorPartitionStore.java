// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpResponse;
import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import io.github.pekkoeventhubs.failure.AccessTokenFailure;
import io.github.pekkoeventhubs.failure.Causes;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * Makes a partition store of any checkpoint store of the SDK. Such a store keeps an owner's id and
 * nothing beside it, and writes checkpoints without a condition. So this class remembers the
 * entries of the records it has written, and shows them as long as a record has the version it
 * wrote. A claim is thus recognised by the sequence of its versions instead of by a stored token.
 * The version of a checkpoint is its content.
 */
final class ProcessorPartitionStore implements PartitionStore {

  private static final Logger LOG = LoggerFactory.getLogger(ProcessorPartitionStore.class);

  private final CheckpointStore store;
  private final Clock clock;
  private final Map<EventHubPartition, StoredOwnership> ownWrites = new ConcurrentHashMap<>();

  ProcessorPartitionStore(CheckpointStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
    LOG.warn(
        "Checkpoints are kept in {}: an owner that has lost a partition and does not know it yet"
            + " can overwrite them. Use BlobPartitionStore where that matters.",
        description());
  }

  @Override
  public CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup) {
    return answer(
        "listing the owners",
        store
            .listOwnership(lowerCase(namespace), lowerCase(eventHub), lowerCase(consumerGroup))
            .map(
                ownership ->
                    ownership(
                        new EventHubPartition(
                            namespace, eventHub, consumerGroup, ownership.getPartitionId()),
                        ownership))
            .collectList());
  }

  @Override
  public CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup) {
    return answer(
        "listing the checkpoints",
        store
            .listCheckpoints(lowerCase(namespace), lowerCase(eventHub), lowerCase(consumerGroup))
            .collectMap(Checkpoint::getPartitionId, ProcessorPartitionStore::checkpoint));
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> readOwnership(EventHubPartition partition) {
    return listOwnerships(partition.namespace(), partition.eventHub(), partition.consumerGroup())
        .thenApply(
            found -> found.stream().filter(owned -> owned.partition().equals(partition)).findAny());
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries) {
    return claim(partition, null, ownerId, entries);
  }

  @Override
  public CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries) {
    return claim(expected.partition(), expected.version(), ownerId, entries);
  }

  private CompletionStage<Optional<StoredOwnership>> claim(
      EventHubPartition partition,
      @Nullable String expectedVersion,
      String ownerId,
      Map<String, String> entries) {
    PartitionOwnership request =
        new PartitionOwnership()
            .setFullyQualifiedNamespace(lowerCase(partition.namespace()))
            .setEventHubName(lowerCase(partition.eventHub()))
            .setConsumerGroup(lowerCase(partition.consumerGroup()))
            .setPartitionId(partition.partitionId())
            .setOwnerId(ownerId)
            .setETag(expectedVersion);
    return answer("claiming " + partition, store.claimOwnership(List.of(request)).collectList())
        .thenCompose(
            claimed ->
                claimed.isEmpty()
                    ? refused(partition, expectedVersion)
                    : CompletableFuture.completedStage(
                        Optional.of(remembered(partition, claimed.get(0), entries))));
  }

  /**
   * SDK stores report every failure of a claim as "not claimed". A race is lost only if the store
   * has the record of another owner.
   */
  private CompletionStage<Optional<StoredOwnership>> refused(
      EventHubPartition partition, @Nullable String expectedVersion) {
    return readOwnership(partition)
        .thenApply(
            current -> {
              if (current
                  .map(StoredOwnership::version)
                  .equals(Optional.ofNullable(expectedVersion))) {
                throw new PartitionStoreException(
                    description()
                        + " did not claim "
                        + partition
                        + ", though nobody else has; check that its credentials allow writing, and"
                        + " its own log",
                    null,
                    false);
              }
              return Optional.empty();
            });
  }

  private StoredOwnership remembered(
      EventHubPartition partition, PartitionOwnership claimed, Map<String, String> entries) {
    StoredOwnership stored = stored(partition, claimed, entries);
    ownWrites.put(partition, stored);
    return stored;
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(EventHubPartition partition) {
    return listCheckpoints(partition.namespace(), partition.eventHub(), partition.consumerGroup())
        .thenApply(found -> Optional.ofNullable(found.get(partition.partitionId())));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries) {
    return readCheckpoint(partition)
        .thenCompose(
            current ->
                current.isPresent()
                    ? CompletableFuture.completedStage(Optional.empty())
                    : write(partition, entries));
  }

  @Override
  public CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion) {
    return readCheckpoint(partition)
        .thenCompose(
            current ->
                current.filter(stored -> stored.version().equals(expectedVersion)).isEmpty()
                    ? CompletableFuture.completedStage(Optional.empty())
                    : write(partition, entries));
  }

  private CompletionStage<Optional<StoredCheckpoint>> write(
      EventHubPartition partition, Map<String, String> entries) {
    StoredCheckpoint position = new StoredCheckpoint(entries, "");
    Checkpoint checkpoint =
        new Checkpoint()
            .setFullyQualifiedNamespace(lowerCase(partition.namespace()))
            .setEventHubName(lowerCase(partition.eventHub()))
            .setConsumerGroup(lowerCase(partition.consumerGroup()))
            .setPartitionId(partition.partitionId());
    position.sequenceNumber().ifPresent(checkpoint::setSequenceNumber);
    position.offset().ifPresent(checkpoint::setOffsetString);
    return answer(
        "writing the checkpoint of " + partition,
        store.updateCheckpoint(checkpoint).thenReturn(Optional.of(checkpoint(checkpoint))));
  }

  /** Lists all records: this is the only operation of SDK stores that reports its failures. */
  @Override
  public CompletionStage<Done> probe(String namespace, String eventHub, String consumerGroup) {
    return listOwnerships(namespace, eventHub, consumerGroup)
        .thenCompose(owners -> listCheckpoints(namespace, eventHub, consumerGroup))
        .handle(
            (checkpoints, failure) -> {
              if (failure == null) {
                return Done.getInstance();
              }
              throw new PartitionStoreException(
                  description()
                      + " cannot be used for consumer group '"
                      + consumerGroup
                      + "' of event hub '"
                      + eventHub
                      + "': it does not list owners and checkpoints; check its address and its"
                      + " credentials",
                  StageFailure.causeOf(failure),
                  false);
            });
  }

  @Override
  public boolean isFenced() {
    return false;
  }

  /** Uses this machine's clock, since SDK stores show no clock of their own. */
  @Override
  public CompletionStage<Instant> serverTime() {
    return CompletableFuture.completedStage(clock.instant());
  }

  @Override
  public String description() {
    return "the SDK's " + store.getClass().getSimpleName() + ", which cannot fence";
  }

  private StoredOwnership ownership(EventHubPartition partition, PartitionOwnership ownership) {
    StoredOwnership read = stored(partition, ownership, Map.of());
    StoredOwnership own = ownWrites.get(partition);
    return own != null && own.version().equals(read.version())
        ? stored(partition, ownership, own.entries())
        : read;
  }

  private StoredOwnership stored(
      EventHubPartition partition, PartitionOwnership ownership, Map<String, String> entries) {
    Instant now = clock.instant();
    Long lastModified = ownership.getLastModifiedTime();
    return new StoredOwnership(
        partition,
        ownership.getOwnerId() == null ? "" : ownership.getOwnerId(),
        entries,
        version(ownership),
        lastModified == null ? now : Instant.ofEpochMilli(lastModified),
        now);
  }

  /** A few stores have no ETags. */
  private static String version(PartitionOwnership ownership) {
    return ownership.getETag() != null
        ? ownership.getETag()
        : ownership.getOwnerId() + "/" + ownership.getLastModifiedTime();
  }

  private static StoredCheckpoint checkpoint(Checkpoint checkpoint) {
    Map<String, String> entries = ProcessorCheckpointEntries.of(checkpoint);
    return new StoredCheckpoint(entries, new TreeMap<>(entries).toString());
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  private <T> CompletionStage<T> answer(String doing, Mono<T> request) {
    return request
        .onErrorMap(
            failure ->
                new PartitionStoreException(
                    description() + " failed at " + doing + ": " + failure,
                    failure,
                    mayPass(failure)))
        .toFuture();
  }

  /**
   * Whether trying again may help. Only the status codes of Azure's services, the storage or the
   * identity provider, say that it cannot: any other failure counts as passing.
   */
  private static boolean mayPass(Throwable failure) {
    Optional<AccessTokenFailure> token = AccessTokenFailure.in(failure);
    if (token.isPresent()) {
      return !token.get().refused();
    }
    return Causes.find(failure, HttpResponseException.class)
        .map(HttpResponseException::getResponse)
        .map(HttpResponse::getStatusCode)
        .map(status -> status >= 500 || status == 408 || status == 429)
        .orElse(true);
  }
}
