// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import com.azure.messaging.eventhubs.EventHubProperties;
import com.azure.messaging.eventhubs.PartitionProperties;
import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.CheckpointReset;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.PartitionLag;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StoredCheckpoint;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.receive.MetadataClient;
import io.github.pekkoeventhubs.threads.SystemEnd;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.jspecify.annotations.Nullable;

/**
 * Facts about an event hub and one of its consumer groups. Each call asks the service or the
 * partition store again. Only {@link #reset} and {@link #resetForced} change anything. Thread-safe;
 * no method blocks.
 *
 * <p>Stages fail with an {@link EventHubsException} when the service or the store gives no answer,
 * for questions to the service within {@code metadata-timeout}.
 */
public final class EventHubsMetadata {

  private final MetadataClient client;
  private final @Nullable PartitionStore store;
  private final ConsumerSettings settings;
  private final InstantSource clock;
  private final CompletableFuture<Done> closed = new CompletableFuture<>();
  private volatile Runnable forgetTheSystem = () -> {};

  private EventHubsMetadata(
      MetadataClient client,
      @Nullable PartitionStore store,
      ConsumerSettings settings,
      InstantSource clock) {
    this.client = client;
    this.store = store;
    this.settings = settings;
    this.clock = clock;
  }

  /**
   * Opens a connection of its own, with the first question; {@link #close} it after use. It is
   * closed with the actor system at the latest.
   *
   * @param settings name the event hub, the consumer group and, for checkpoints, ownership and lag,
   *     the partition store
   * @throws InvalidSettingsException if the settings do not name an event hub
   */
  public static EventHubsMetadata create(
      ConsumerSettings settings, ClassicActorSystemProvider system) {
    EventHubsMetadata metadata =
        new EventHubsMetadata(
            MetadataClient.open(settings),
            settings.partitionStore().orElse(null),
            settings,
            InstantSource.system());
    metadata.forgetTheSystem = SystemEnd.of(system).runs(metadata::close);
    return metadata;
  }

  /** The partition of this id as the consumer group reads it; whether it exists is not asked. */
  public EventHubPartition partition(String partitionId) {
    return client.partition(partitionId);
  }

  /** The event hub: its partitions' ids among others. */
  public CompletionStage<EventHubProperties> eventHubProperties() {
    return client.eventHubProperties();
  }

  /** A partition: its first and last event. */
  public CompletionStage<PartitionProperties> partitionProperties(String partitionId) {
    return client.partitionProperties(partitionId);
  }

  /** All partitions by id, in the order in which the service names them. */
  public CompletionStage<Map<String, PartitionProperties>> partitionProperties() {
    return forEachPartition(client::partitionProperties);
  }

  /**
   * The consumer group's stored checkpoints by partition id; partitions without one are missing.
   * Fails with {@link InvalidSettingsException} if the settings have no partition store.
   */
  public CompletionStage<Map<String, StoredCheckpoint>> checkpoints() {
    return inStore(
        (partitions, group) ->
            partitions.listCheckpoints(group.namespace(), group.eventHub(), group.consumerGroup()));
  }

  /**
   * Returns the owners of the consumer group's partitions, by partition id; partitions that were
   * never claimed are missing. Fails with {@link InvalidSettingsException} if the settings have no
   * partition store.
   */
  public CompletionStage<Map<String, StoredOwnership>> ownership() {
    return inStore(
            (partitions, group) ->
                partitions.listOwnerships(
                    group.namespace(), group.eventHub(), group.consumerGroup()))
        .thenApply(
            records -> {
              Map<String, StoredOwnership> owners = new LinkedHashMap<>();
              records.forEach(record -> owners.put(record.partition().partitionId(), record));
              return owners;
            });
  }

  /**
   * How far the consumer group is behind in each partition, by partition id.
   *
   * <p>A checkpoint beyond the last event gives no number: it is of another event hub, most likely
   * of one of the same name that existed before. The service's answers can be a moment old, so that
   * a checkpoint that has just been written may look so for a moment. One that cannot be read gives
   * no number either.
   *
   * <p>If a partition has unprocessed events, the first one is read to learn its time. The service
   * refuses to read it while a receiver with an owner level reads the partition in the same
   * consumer group; then the time is missing. {@link #lagReadThrough} reads through another group.
   *
   * <p>Fails with {@link InvalidSettingsException} if the settings have no partition store.
   */
  public CompletionStage<Map<String, PartitionLag>> lag() {
    return lag(client, () -> {});
  }

  /**
   * The same, where events are read through another consumer group, in which no owner reads.
   *
   * @param settings the settings of this metadata with that group
   */
  public CompletionStage<Map<String, PartitionLag>> lagReadThrough(ConsumerSettings settings) {
    MetadataClient reader = MetadataClient.open(settings);
    return lag(reader, reader::close);
  }

  private CompletionStage<Map<String, PartitionLag>> lag(MetadataClient reader, Runnable finished) {
    return checkpoints()
        .thenCompose(
            checkpoints ->
                forEachPartition(
                    id ->
                        client
                            .partitionProperties(id)
                            .thenCompose(
                                properties ->
                                    lag(
                                        reader,
                                        id,
                                        Optional.ofNullable(checkpoints.get(id)),
                                        properties))))
        .whenComplete((lags, error) -> finished.run());
  }

  private CompletionStage<PartitionLag> lag(
      MetadataClient reader,
      String partitionId,
      Optional<StoredCheckpoint> checkpoint,
      PartitionProperties properties) {
    EventHubPartition partition = client.partition(partitionId);
    long beforeFirst = properties.getBeginningSequenceNumber() - 1;
    long last = Math.max(properties.getLastEnqueuedSequenceNumber(), beforeFirst);
    OptionalLong processed =
        checkpoint
            .map(StoredCheckpoint::sequenceNumberIfReadable)
            .orElse(OptionalLong.of(beforeFirst));
    if (processed.isEmpty() || processed.getAsLong() > last) {
      return CompletableFuture.completedFuture(
          new PartitionLag(partition, OptionalLong.empty(), Optional.empty()));
    }
    long from = Math.max(processed.getAsLong(), beforeFirst);
    long events = properties.isEmpty() ? 0 : last - from;
    CompletionStage<Optional<Duration>> time =
        events == 0
            ? CompletableFuture.completedFuture(Optional.of(Duration.ZERO))
            : reader
                .enqueuedTime(partitionId, EventPosition.fromSequenceNumber(from, false))
                .handle((enqueued, error) -> Optional.ofNullable(enqueued).map(this::age));
    return time.thenApply(age -> new PartitionLag(partition, OptionalLong.of(events), age));
  }

  private Duration age(Instant enqueued) {
    Duration age = Duration.between(enqueued, clock.instant());
    return age.isNegative() ? Duration.ZERO : age;
  }

  /**
   * Plans to move the checkpoints of all partitions to one position, backwards or forwards, and
   * changes nothing. {@link #reset} performs the plan.
   *
   * <p>A position is turned into the event before the first one to read, as it is when a stream
   * starts: {@code earliest()} and {@code latest()} are the first and the last event there are now;
   * {@code fromSequenceNumber(n)} makes {@code n} the last event that counts as processed, and
   * {@code fromSequenceNumber(n, true)} the first one to read; {@code fromEnqueuedTime(t)} reads on
   * with the first event that was enqueued after {@code t}. A position that a partition does not
   * reach, or does not hold any more, becomes its last event or the place before its first one.
   *
   * <p>For most positions an event is read, to learn its offset. The service refuses that in a
   * consumer group in which an owner reads, so that it is read through {@code $Default} then. Of
   * {@code $Default} itself such a plan fails until the owners are stopped. It fails with {@link
   * io.github.pekkoeventhubs.EventHubNotFoundException} for a consumer group that does not exist;
   * where no event has to be read, nobody asks whether the group exists.
   *
   * <p>Fails with {@link InvalidSettingsException} if the settings have no partition store.
   */
  public CompletionStage<CheckpointReset> planReset(EventPosition position) {
    return resets(planner -> planner.to(position));
  }

  /**
   * The same for some of the partitions, each with a position of its own.
   *
   * @param positions by partition id; fails with {@link
   *     io.github.pekkoeventhubs.PartitionNotFoundException} if there is no such partition
   */
  public CompletionStage<CheckpointReset> planReset(Map<String, EventPosition> positions) {
    return resets(planner -> planner.to(positions));
  }

  /**
   * Plans to move this consumer group's checkpoints to those of another one. Partitions of which
   * the other group has none are left out, so that a group without any, such as one whose name is
   * mistyped, gives a plan without partitions. Checkpoints of partitions that the event hub does
   * not have are left out as well. Entries stored beside the other group's positions are not
   * copied.
   *
   * <p>Fails with {@link io.github.pekkoeventhubs.AnotherEventHubException} if a checkpoint of the
   * other group lies beyond the last event of its partition, as after the event hub was created
   * anew. The service's answers can be a moment old, so that a checkpoint that has just been
   * written may look so once. A checkpoint that is an offset without a sequence number, as some
   * processors store it, is completed from the event of that offset. Fails with {@link
   * io.github.pekkoeventhubs.CheckpointUnreadableException} if the partition does not have that
   * event any more.
   */
  public CompletionStage<CheckpointReset> planResetToThoseOf(String consumerGroup) {
    return resets(planner -> planner.toThoseOf(consumerGroup));
  }

  /**
   * Moves checkpoints as planned, where nobody owns the partition and nobody has written its
   * checkpoint since the plan. Entries stored beside the old position, gaps included, are removed.
   *
   * <p>Each partition is claimed, written and released, so that no owner can interfere: one that
   * claims at the same time either starts at the new position, or its partition is left alone and
   * reported. If the process dies in between, the partition stays claimed until {@code
   * ownership.expiry} has passed.
   *
   * @return completes with the outcome for each partition; a partition that could not be written
   *     does not stop the others. See {@link CheckpointReset#isDone()}
   */
  public CompletionStage<CheckpointReset> reset(CheckpointReset plan) {
    return resets(planner -> planner.perform(plan, false));
  }

  /**
   * Moves checkpoints as planned, also where somebody owns the partition or has written its
   * checkpoint since the plan. An owner of this connector loses the partition: its later commits
   * are answered as dropped, and it, or another one, starts again at the new position. An official
   * processor cannot be fenced off: it may store its position once more before it notices, so look
   * at {@link #checkpoints()} afterwards.
   *
   * @return completes with what has become of each partition, and what its checkpoint was when it
   *     was replaced
   */
  public CompletionStage<CheckpointReset> resetForced(CheckpointReset plan) {
    return resets(planner -> planner.perform(plan, true));
  }

  private CompletionStage<CheckpointReset> resets(
      Function<ResetPlanner, CompletionStage<CheckpointReset>> question) {
    return inStore(
        (partitions, group) -> question.apply(new ResetPlanner(client, partitions, settings)));
  }

  private <T> CompletionStage<Map<String, T>> forEachPartition(
      Function<String, CompletionStage<T>> question) {
    return client
        .eventHubProperties()
        .thenCompose(
            properties -> {
              Map<String, CompletableFuture<T>> asked = new LinkedHashMap<>();
              properties
                  .getPartitionIds()
                  .forEach(id -> asked.put(id, question.apply(id).toCompletableFuture()));
              return CompletableFuture.allOf(asked.values().toArray(new CompletableFuture<?>[0]))
                  .thenApply(
                      all -> {
                        Map<String, T> answers = new LinkedHashMap<>();
                        asked.forEach((id, answer) -> answers.put(id, answer.join()));
                        return answers;
                      });
            });
  }

  private interface StoreQuestion<T> {
    CompletionStage<T> ask(PartitionStore store, EventHubPartition anyOfTheGroup);
  }

  private <T> CompletionStage<T> inStore(StoreQuestion<T> question) {
    return store == null
        ? CompletableFuture.failedFuture(
            new InvalidSettingsException(
                "partition-store is missing: checkpoints and ownership are kept there; set it with"
                    + " withPartitionStore"))
        : question.ask(store, client.partition("0"));
  }

  /** Closes the connection. Questions that are under way fail. Idempotent. */
  public CompletionStage<Done> close() {
    forgetTheSystem.run();
    client.close().whenComplete((done, error) -> closed.complete(Done.getInstance()));
    return closed.minimalCompletionStage();
  }
}
