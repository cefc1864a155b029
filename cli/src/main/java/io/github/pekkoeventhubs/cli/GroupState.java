// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.PartitionProperties;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionLag;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.javadsl.EventHubsMetadata;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * How far a consumer group is, at one moment.
 *
 * @param partitions by partition id, in their order
 * @param hasRecords whether the container holds anything of the group
 */
record GroupState(Map<String, PartitionState> partitions, boolean hasRecords) {

  /**
   * One partition.
   *
   * @param owner whose claim has not expired
   * @param since for how long the owner has had the partition; empty where its claim does not say
   * @param renewed how long ago the owner last renewed its claim, or anybody wrote its record
   * @param expiredOwner whose claim has expired
   * @param checkpoint the last processed event
   * @param unreadable what is wrong with the checkpoint, if it cannot be read
   * @param lastEnqueued the last event, which may have expired; empty where there was none yet
   * @param lag the events after the checkpoint that the partition still holds; empty where the
   *     checkpoint has no number that can be read, and where it lies beyond the last event
   * @param lagTime the age of the first of them
   */
  record PartitionState(
      String partition,
      Optional<String> owner,
      Optional<Duration> since,
      Optional<Duration> renewed,
      Optional<String> expiredOwner,
      OptionalLong checkpoint,
      Optional<String> unreadable,
      OptionalLong lastEnqueued,
      OptionalLong lag,
      Optional<Duration> lagTime) {

    /** Whether the checkpoint is of another event hub, such as one that existed before. */
    boolean isBeyondTheEnd() {
      return lag.isEmpty() && checkpoint.isPresent();
    }
  }

  /** Asks the service and the store. */
  static GroupState read(EventHubsMetadata metadata, ConsumerSettings settings) {
    Map<String, StoredOwnership> owners = Session.await(metadata.ownership());
    Map<String, StoredCheckpoint> checkpoints = Session.await(metadata.checkpoints());
    Map<String, PartitionLag> lags = lags(metadata, settings);
    Map<String, PartitionProperties> properties =
        Partitions.sorted(Session.await(metadata.partitionProperties()));
    Map<String, PartitionState> states = new LinkedHashMap<>();
    properties.forEach(
        (id, partition) ->
            states.put(
                id,
                state(
                    id,
                    partition,
                    Optional.ofNullable(owners.get(id)).filter(owner -> !owner.isReleased()),
                    Optional.ofNullable(checkpoints.get(id)),
                    Optional.ofNullable(lags.get(id)),
                    settings.ownership().expiry())));
    return new GroupState(states, !owners.isEmpty() || !checkpoints.isEmpty());
  }

  /**
   * The service refuses to read an event in a group in which an owner reads; the group that every
   * event hub has is another one, except for itself.
   */
  private static Map<String, PartitionLag> lags(
      EventHubsMetadata metadata, ConsumerSettings settings) {
    return Session.await(
        settings.consumerGroup().equalsIgnoreCase(Groups.DEFAULT)
            ? metadata.lag()
            : metadata.lagReadThrough(settings.withConsumerGroup(Groups.DEFAULT)));
  }

  private static Optional<Duration> ownedFor(StoredOwnership owner) {
    return owner.claimedSince().map(since -> Duration.between(since, owner.readAt()));
  }

  private static PartitionState state(
      String id,
      PartitionProperties properties,
      Optional<StoredOwnership> owner,
      Optional<StoredCheckpoint> checkpoint,
      Optional<PartitionLag> lag,
      Duration expiry) {
    Optional<StoredOwnership> live = owner.filter(record -> record.isLive(expiry));
    OptionalLong processed =
        checkpoint.map(StoredCheckpoint::sequenceNumberIfReadable).orElse(OptionalLong.empty());
    return new PartitionState(
        id,
        live.map(StoredOwnership::ownerId),
        live.flatMap(GroupState::ownedFor),
        owner.map(StoredOwnership::age),
        live.isPresent() ? Optional.empty() : owner.map(StoredOwnership::ownerId),
        processed,
        checkpoint.flatMap(Checkpoints::problem),
        Partitions.last(properties),
        lag.map(PartitionLag::events).orElse(OptionalLong.empty()),
        lag.flatMap(PartitionLag::time));
  }
}
