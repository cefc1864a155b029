// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.CheckpointStore;
import com.azure.messaging.eventhubs.models.Checkpoint;
import com.azure.messaging.eventhubs.models.PartitionOwnership;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Makes a checkpoint store for an {@code EventProcessorClient} of one of our stores. No request is
 * sent before a result is subscribed to.
 */
final class ProcessorCheckpointStore implements CheckpointStore {

  /** How often a checkpoint is read again because it has changed before it was written. */
  private static final int MAX_ROUNDS = 8;

  private final PartitionStore store;
  private final Clock clock;

  ProcessorCheckpointStore(PartitionStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  @Override
  public Flux<PartitionOwnership> listOwnership(
      String fullyQualifiedNamespace, String eventHubName, String consumerGroup) {
    return answer(() -> store.listOwnerships(fullyQualifiedNamespace, eventHubName, consumerGroup))
        .flatMapIterable(ownerships -> ownerships)
        .map(this::ownership);
  }

  /** Tries to claim each partition, and then fails if the store has failed for one of them. */
  @Override
  public Flux<PartitionOwnership> claimOwnership(List<PartitionOwnership> requested) {
    return Flux.fromIterable(requested)
        .flatMapDelayError(this::claim, Math.max(1, requested.size()), 1)
        .map(this::ownership);
  }

  private Mono<StoredOwnership> claim(PartitionOwnership requested) {
    EventHubPartition partition =
        new EventHubPartition(
            requested.getFullyQualifiedNamespace(),
            requested.getEventHubName(),
            requested.getConsumerGroup(),
            requested.getPartitionId());
    String ownerId = requested.getOwnerId();
    String version = requested.getETag();
    return answer(
            () ->
                version == null || version.isEmpty()
                    ? store.createOwnership(partition, ownerId, Map.of())
                    : store.replaceOwnership(seen(partition, ownerId, version), ownerId, Map.of()))
        .flatMap(Mono::justOrEmpty);
  }

  private static StoredOwnership seen(EventHubPartition partition, String ownerId, String version) {
    return new StoredOwnership(partition, ownerId, Map.of(), version, Instant.EPOCH, Instant.EPOCH);
  }

  @Override
  public Flux<Checkpoint> listCheckpoints(
      String fullyQualifiedNamespace, String eventHubName, String consumerGroup) {
    return answer(() -> store.listCheckpoints(fullyQualifiedNamespace, eventHubName, consumerGroup))
        .flatMapIterable(Map::entrySet)
        .map(
            entry ->
                checkpoint(
                    new EventHubPartition(
                        fullyQualifiedNamespace, eventHubName, consumerGroup, entry.getKey()),
                    entry.getValue()));
  }

  @Override
  public Mono<Void> updateCheckpoint(Checkpoint checkpoint) {
    return Mono.defer(
        () -> {
          EventHubPartition partition =
              new EventHubPartition(
                  checkpoint.getFullyQualifiedNamespace(),
                  checkpoint.getEventHubName(),
                  checkpoint.getConsumerGroup(),
                  checkpoint.getPartitionId());
          return write(partition, ProcessorCheckpointEntries.of(checkpoint), MAX_ROUNDS);
        });
  }

  private Mono<Void> write(EventHubPartition partition, Map<String, String> entries, int rounds) {
    return answer(() -> store.readCheckpoint(partition))
        .flatMap(
            current ->
                answer(
                    () ->
                        current.isPresent()
                            ? store.replaceCheckpoint(
                                partition,
                                current.get().keepFencingToken(entries),
                                current.get().version())
                            : store.createCheckpoint(partition, entries)))
        .flatMap(
            written -> {
              if (written.isPresent()) {
                return Mono.empty();
              }
              return rounds > 0
                  ? write(partition, entries, rounds - 1)
                  : Mono.error(
                      new CheckpointWriteException(
                          "the checkpoint of "
                              + partition
                              + " changed before each attempt to write it: somebody else keeps"
                              + " writing it"));
            });
  }

  /** Turns the age by the store's clock into a time of this machine's, which the SDK expects. */
  private PartitionOwnership ownership(StoredOwnership stored) {
    EventHubPartition partition = stored.partition();
    return new PartitionOwnership()
        .setFullyQualifiedNamespace(partition.namespace())
        .setEventHubName(partition.eventHub())
        .setConsumerGroup(partition.consumerGroup())
        .setPartitionId(partition.partitionId())
        .setOwnerId(stored.ownerId())
        .setLastModifiedTime(clock.instant().minus(stored.age()).toEpochMilli())
        .setETag(stored.version());
  }

  private static Checkpoint checkpoint(EventHubPartition partition, StoredCheckpoint stored) {
    Checkpoint checkpoint =
        new Checkpoint()
            .setFullyQualifiedNamespace(partition.namespace())
            .setEventHubName(partition.eventHub())
            .setConsumerGroup(partition.consumerGroup())
            .setPartitionId(partition.partitionId());
    stored.sequenceNumber().ifPresent(checkpoint::setSequenceNumber);
    stored.offset().ifPresent(checkpoint::setOffsetString);
    return checkpoint;
  }

  private static <T> Mono<T> answer(Supplier<CompletionStage<T>> request) {
    return Mono.defer(() -> Mono.fromCompletionStage(request.get()));
  }
}
