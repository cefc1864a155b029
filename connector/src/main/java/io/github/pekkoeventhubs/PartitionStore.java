// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.CheckpointStore;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * A store of the owners of partitions and their checkpoints. Each partition has one ownership
 * record and one checkpoint record; each write of a record gives it a new version, and conditional
 * writes succeed only against the version they name. A store needs nothing else: the connector
 * makes ownership safe with these conditions, and counts {@linkplain
 * CommittableEvent#fencingToken() fencing tokens} in the entries of the records.
 *
 * <p>Implementations are thread-safe and never block. No method retries: the connector does, with
 * its own deadlines. A record that does not exist is an empty result; every failure to find out
 * fails the stage with a {@link PartitionStoreException}, and is never mistaken for an absent
 * record.
 *
 * <p>A conditional write returns an empty result if and only if the store has refused it because
 * the record was no longer (or already) there in the named version. After any failure the write may
 * have been applied, or may still be applied later.
 */
public interface PartitionStore {

  /** The ownership records of a consumer group, one for each partition that was ever claimed. */
  CompletionStage<List<StoredOwnership>> listOwnerships(
      String namespace, String eventHub, String consumerGroup);

  /** The checkpoints of a consumer group by partition id. */
  CompletionStage<Map<String, StoredCheckpoint>> listCheckpoints(
      String namespace, String eventHub, String consumerGroup);

  /** The ownership record of a partition. */
  CompletionStage<Optional<StoredOwnership>> readOwnership(EventHubPartition partition);

  /**
   * Creates the ownership record of a partition that has none.
   *
   * @param entries the entries to store beside the owner's id
   * @return the record as stored, or empty if there was one already
   */
  CompletionStage<Optional<StoredOwnership>> createOwnership(
      EventHubPartition partition, String ownerId, Map<String, String> entries);

  /**
   * Replaces an ownership record, to claim, renew or release a partition (an empty owner id).
   *
   * @param expected the record as last read or written; only its partition and version count
   * @return the record as stored, or empty if its version is not the expected one any more
   */
  CompletionStage<Optional<StoredOwnership>> replaceOwnership(
      StoredOwnership expected, String ownerId, Map<String, String> entries);

  /** The checkpoint of a partition. */
  CompletionStage<Optional<StoredCheckpoint>> readCheckpoint(EventHubPartition partition);

  /**
   * Creates the checkpoint of a partition that has none.
   *
   * @return the record as stored, or empty if there was one already
   */
  CompletionStage<Optional<StoredCheckpoint>> createCheckpoint(
      EventHubPartition partition, Map<String, String> entries);

  /**
   * Replaces all entries of a checkpoint.
   *
   * @return the record as stored, or empty if its version is not the expected one any more
   */
  CompletionStage<Optional<StoredCheckpoint>> replaceCheckpoint(
      EventHubPartition partition, Map<String, String> entries, String expectedVersion);

  /** The time by the store's clock. */
  CompletionStage<Instant> serverTime();

  /**
   * Finds out, before a stream starts, whether the store can be used at all. If this fails, the
   * stream fails with the same failure and does not try again. By default no request is sent: the
   * first request of the stream shows whether a store that reports its failures can be used.
   */
  default CompletionStage<Done> probe(String namespace, String eventHub, String consumerGroup) {
    return CompletableFuture.completedStage(Done.getInstance());
  }

  /**
   * Whether writes are refused that name an earlier version, so that earlier owners of a partition
   * are kept from setting its checkpoint back. True unless the store says otherwise, as one {@link
   * #fromProcessorStore} does.
   */
  default boolean isFenced() {
    return true;
  }

  /**
   * How the store does as a whole, for {@link ConsumerStatus#storeHealth()}; empty, as by default,
   * if it does not watch itself. Never blocks and never fails.
   */
  default Optional<StoreHealth> health() {
    return Optional.empty();
  }

  /** Names the store for log lines and error messages, without secrets. */
  String description();

  /**
   * Uses any checkpoint store of the SDK, for example one on Redis or on a database, for our
   * sources. It has the same limits as under an {@code EventProcessorClient}. Such a store shows no
   * clock of its own, so that this machine's clock measures the age of a foreign claim. It keeps
   * neither a stream's entries beside its offsets nor acknowledgements beyond the checkpoint. And
   * it writes checkpoints without a condition, so that <em>earlier owners are not fenced off</em>:
   * one that does not know yet that it has lost a partition can set its checkpoint back. The log
   * says so once, {@link ConsumerStatus#unfencedStore()} and {@link #description()} always.
   *
   * <p>Those stores report every failure of a claim as a lost race. So a stream first lists the
   * stored records, and fails with a {@link PartitionStoreException} if that fails; and a claim
   * that is refused while nobody else holds the partition fails in the same way.
   */
  static PartitionStore fromProcessorStore(CheckpointStore sdkStore) {
    return new ProcessorPartitionStore(sdkStore, Clock.systemUTC());
  }
}
