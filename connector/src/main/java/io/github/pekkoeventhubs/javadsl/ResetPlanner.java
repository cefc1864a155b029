// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.AnotherEventHubException;
import io.github.pekkoeventhubs.CheckpointReset;
import io.github.pekkoeventhubs.CheckpointUnreadableException;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubNotFoundException;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionIds;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.PartitionReset;
import io.github.pekkoeventhubs.PartitionReset.Outcome;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.receive.MetadataClient;
import io.github.pekkoeventhubs.store.ResetProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Plans resets of a consumer group's checkpoints, and has them performed. Thread-safe. */
final class ResetPlanner {

  /** The consumer group that every event hub has. */
  private static final String DEFAULT_GROUP = "$Default";

  private final MetadataClient client;
  private final PartitionStore store;
  private final ConsumerSettings settings;
  private final Duration expiry;

  ResetPlanner(MetadataClient client, PartitionStore store, ConsumerSettings settings) {
    this.client = client;
    this.store = store;
    this.settings = settings;
    this.expiry = settings.ownership().expiry();
  }

  /** All partitions to the same position. */
  CompletionStage<CheckpointReset> to(EventPosition position) {
    return partitionIds()
        .thenCompose(
            ids -> {
              Map<String, EventPosition> positions = new HashMap<>();
              ids.forEach(id -> positions.put(id, position));
              return to(positions);
            });
  }

  /** These partitions, each to a position of its own. */
  CompletionStage<CheckpointReset> to(Map<String, EventPosition> positions) {
    return partitionIds()
        .thenCompose(
            ids -> {
              refuseUnknown(positions.keySet(), ids);
              return plan(positions, MetadataClient::checkpointAt);
            });
  }

  /**
   * The partitions of which another consumer group has a checkpoint, to that. Records of an earlier
   * event hub of the same name are not copied: checkpoints of partitions that the event hub does
   * not have are left out, and one beyond the last event is refused.
   */
  CompletionStage<CheckpointReset> toThoseOf(String consumerGroup) {
    EventHubPartition any = client.partition("0");
    // The names of records say nothing about the service: it is asked whether it has the event hub.
    return client
        .eventHubProperties()
        .thenCompose(
            properties ->
                store
                    .listCheckpoints(any.namespace(), any.eventHub(), consumerGroup)
                    .thenApply(others -> only(properties.getPartitionIds().stream(), others)))
        .thenCompose(
            others ->
                plan(
                    others,
                    (reader, id, stored) ->
                        refuseBeyondTheEnd(id, consumerGroup, stored)
                            .thenCompose(within -> position(reader, id, consumerGroup, stored))));
  }

  private static Map<String, StoredCheckpoint> only(
      Stream<String> partitionIds, Map<String, StoredCheckpoint> checkpoints) {
    Map<String, StoredCheckpoint> kept = new HashMap<>(checkpoints);
    kept.keySet().retainAll(partitionIds.collect(Collectors.toSet()));
    return kept;
  }

  /**
   * The partition is asked after the checkpoint was read: otherwise the checkpoint of a group that
   * reads meanwhile would seem to lie beyond the end.
   */
  private CompletionStage<Void> refuseBeyondTheEnd(
      String partitionId, String consumerGroup, StoredCheckpoint stored) {
    if (stored.sequenceNumber().isEmpty()) {
      return CompletableFuture.completedFuture(null);
    }
    long copied = stored.sequenceNumber().getAsLong();
    return client
        .partitionProperties(partitionId)
        .thenAccept(
            partition -> {
              long last = partition.getLastEnqueuedSequenceNumber();
              if (copied > last) {
                throw new AnotherEventHubException(
                    beyondTheEnd(partitionId, consumerGroup, copied, last), null, false);
              }
            });
  }

  private static String beyondTheEnd(
      String partitionId, String consumerGroup, long copied, long last) {
    return "the checkpoint of partition '"
        + partitionId
        + "' of consumer group '"
        + consumerGroup
        + "' has the sequence number "
        + copied
        + (last < 0
            ? ", and the partition never had an event"
            : ", and the partition's last event has " + last)
        + ": it is of another event hub of this name, which was created anew, failed over or"
        + " restored. Plan a reset to positions of your own";
  }

  /** A record may have only one of the two entries; ours always have both. */
  private static CompletionStage<Map<String, String>> position(
      MetadataClient reader, String partitionId, String consumerGroup, StoredCheckpoint stored) {
    Optional<String> offset = stored.offset();
    if (stored.sequenceNumber().isPresent() && offset.isPresent()) {
      return CompletableFuture.completedFuture(
          StoredCheckpoint.entriesOf(stored.sequenceNumber().getAsLong(), offset.get()));
    }
    if (stored.sequenceNumber().isPresent()) {
      return reader.checkpointAt(
          partitionId,
          EventPosition.fromSequenceNumber(stored.sequenceNumber().getAsLong(), false));
    }
    return offset.isPresent()
        ? reader
            .checkpointAt(partitionId, EventPosition.fromOffsetString(offset.get()))
            .thenApply(found -> refuseAnother(partitionId, consumerGroup, offset.get(), found))
        : CompletableFuture.failedFuture(
            new CheckpointUnreadableException(
                "the checkpoint of partition '"
                    + partitionId
                    + "' of consumer group '"
                    + consumerGroup
                    + "' says no position: delete it, which leaves the partition out, or plan"
                    + " a reset to positions of your own"));
  }

  /**
   * The offset alone does not tell whether it lies within the partition. It is that of the event
   * before the first one to read, or it names no event that is still there.
   */
  private static Map<String, String> refuseAnother(
      String partitionId, String consumerGroup, String offset, Map<String, String> found) {
    if (!offset.equals(found.get(StoredCheckpoint.OFFSET))) {
      throw new CheckpointUnreadableException(
          "the checkpoint of partition '"
              + partitionId
              + "' of consumer group '"
              + consumerGroup
              + "' has the offset '"
              + offset
              + "' and no sequence number, and the partition has no event of that offset: it has"
              + " expired, or it is of another event hub of this name. Plan a reset to positions of"
              + " your own");
    }
    return found;
  }

  /** Performs the plan, all partitions at once. */
  CompletionStage<CheckpointReset> perform(CheckpointReset plan, boolean forced) {
    ResetProtocol protocol =
        new ResetProtocol(store, expiry, "checkpoint-reset-" + UUID.randomUUID());
    Map<String, CompletableFuture<PartitionReset>> performed = new LinkedHashMap<>();
    plan.partitions()
        .forEach(
            (id, planned) ->
                performed.put(id, protocol.perform(planned, forced).toCompletableFuture()));
    return all(performed).thenApply(CheckpointReset::new);
  }

  /** Finds the checkpoint that stands for what a partition is to be moved to. */
  private interface Target<T> {
    CompletionStage<Map<String, String>> of(MetadataClient reader, String partitionId, T value);
  }

  private <T> CompletionStage<CheckpointReset> plan(Map<String, T> values, Target<T> target) {
    EventHubPartition any = client.partition("0");
    return store
        .listCheckpoints(any.namespace(), any.eventHub(), any.consumerGroup())
        .thenCombine(
            store.listOwnerships(any.namespace(), any.eventHub(), any.consumerGroup()),
            (checkpoints, owners) -> plan(values, target, checkpoints, owners))
        .thenCompose(Function.identity())
        .thenApply(CheckpointReset::new);
  }

  private <T> CompletionStage<Map<String, PartitionReset>> plan(
      Map<String, T> values,
      Target<T> target,
      Map<String, StoredCheckpoint> checkpoints,
      List<StoredOwnership> owners) {
    MetadataClient beside =
        settings.consumerGroup().equalsIgnoreCase(DEFAULT_GROUP)
            ? client
            : MetadataClient.open(settings.withConsumerGroup(DEFAULT_GROUP));
    Map<String, CompletableFuture<PartitionReset>> planned = new LinkedHashMap<>();
    values.entrySet().stream()
        .sorted(Map.Entry.comparingByKey(PartitionIds.ORDER))
        .forEach(
            value -> {
              String id = value.getKey();
              planned.put(
                  id,
                  found(target, id, value.getValue(), beside)
                      .thenApply(
                          entries ->
                              planned(
                                  id,
                                  Optional.ofNullable(checkpoints.get(id)),
                                  owner(owners, id),
                                  entries))
                      .toCompletableFuture());
            });
    return all(planned)
        .whenComplete(
            (done, error) -> {
              if (beside != client) {
                beside.close();
              }
            });
  }

  /**
   * An event may have to be read to learn its offset. The service refuses that in the consumer
   * group of an owner that is reading; then it is read through the group that every event hub has.
   * A consumer group that does not exist is none in which somebody reads. A client that is asked
   * nothing opens no connection.
   */
  private <T> CompletionStage<Map<String, String>> found(
      Target<T> target, String partitionId, T value, MetadataClient beside) {
    CompletionStage<Map<String, String>> own = target.of(client, partitionId, value);
    return beside == client
        ? own
        : own.exceptionallyCompose(
            refused ->
                StageFailure.causeOf(refused) instanceof EventHubNotFoundException
                    ? CompletableFuture.failedFuture(refused)
                    : target
                        .of(beside, partitionId, value)
                        // Why it failed in the group itself says more.
                        .exceptionallyCompose(again -> CompletableFuture.failedFuture(refused)));
  }

  private PartitionReset planned(
      String partitionId,
      Optional<StoredCheckpoint> before,
      Optional<String> owner,
      Map<String, String> entries) {
    StoredCheckpoint target = new StoredCheckpoint(entries, "");
    return new PartitionReset(
        client.partition(partitionId),
        before,
        target.sequenceNumber().orElseThrow(),
        target.offset().orElse(""),
        owner,
        before.map(StoredCheckpoint::entries).filter(entries::equals).isPresent()
            ? Outcome.UNCHANGED
            : Outcome.PLANNED,
        Optional.empty());
  }

  private Optional<String> owner(List<StoredOwnership> records, String partitionId) {
    return ResetProtocol.liveOwner(
        records.stream()
            .filter(record -> record.partition().partitionId().equals(partitionId))
            .findAny(),
        expiry);
  }

  private CompletionStage<List<String>> partitionIds() {
    return client
        .eventHubProperties()
        .thenApply(
            properties -> {
              List<String> ids = new ArrayList<>();
              properties.getPartitionIds().forEach(ids::add);
              return ids;
            });
  }

  private void refuseUnknown(Set<String> wanted, List<String> known) {
    Set<String> missing = new HashSet<>(wanted);
    known.forEach(missing::remove);
    if (!missing.isEmpty()) {
      throw PartitionNotFoundException.of(client.partition("0").eventHub(), missing, known);
    }
  }

  private static <T> CompletionStage<Map<String, T>> all(Map<String, CompletableFuture<T>> stages) {
    return CompletableFuture.allOf(stages.values().toArray(new CompletableFuture<?>[0]))
        .thenApply(
            done -> {
              Map<String, T> results = new LinkedHashMap<>();
              stages.forEach((id, stage) -> results.put(id, stage.join()));
              return results;
            });
  }
}
