// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.group.GroupStreams;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.ownership.Backoff;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.threads.TimeLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.jspecify.annotations.Nullable;

/**
 * Lists the ownership records of a group, one listing at a time, and creates those that are
 * missing. It uses the store of a stream that is being served, so that there must be one. For the
 * thread of the group's actor alone.
 *
 * @param <C> the messages of the group's actor
 */
final class RecordListing<C> {

  private final ActorContext<C> context;
  private final GroupStreams streams;
  private final Function<List<StoredOwnership>, C> listed;
  private final Function<Throwable, C> notListed;
  private final BiFunction<Optional<List<StoredOwnership>>, Set<String>, C> recordsCreated;
  private final Set<String> created = new HashSet<>();

  /** To be created again if they are missing, though not in this round. */
  private final Set<String> uncertain = new HashSet<>();

  /** Asked for together with the partition ids, for the first round. */
  private @Nullable CompletionStage<List<StoredOwnership>> ahead;

  private boolean underWay;
  private boolean again;
  private int failures;

  /**
   * @param listed tells the actor of all records of the group, in answer to {@link #begin}
   * @param notListed tells it that the listing has failed
   * @param recordsCreated tells it that records which were missing have been created: of all
   *     records of the group, none if others may have written to them, and of the partitions whose
   *     record may still be missing
   */
  RecordListing(
      ActorContext<C> context,
      GroupStreams streams,
      Function<List<StoredOwnership>, C> listed,
      Function<Throwable, C> notListed,
      BiFunction<Optional<List<StoredOwnership>>, Set<String>, C> recordsCreated) {
    this.context = context;
    this.streams = streams;
    this.listed = listed;
    this.notListed = notListed;
    this.recordsCreated = recordsCreated;
  }

  /** Asks the store before the partitions are known, for the listing that is to begin next. */
  void askAhead() {
    if (ahead == null) {
      ahead = list();
    }
  }

  /** The answer that was asked for ahead is too old. */
  void forgetAhead() {
    ahead = null;
  }

  /** Begins a listing, or remembers that another one is to follow the one that is under way. */
  void begin() {
    if (underWay) {
      again = true;
      return;
    }
    underWay = true;
    again = false;
    CompletionStage<List<StoredOwnership>> asked = ahead == null ? list() : ahead;
    ahead = null;
    context.pipeToSelf(
        asked,
        (found, error) ->
            error == null && found != null
                ? listed.apply(found)
                : notListed.apply(StageFailure.causeOf(error)));
  }

  private CompletionStage<List<StoredOwnership>> list() {
    EventHubPartition any = partition("any");
    // The next round waits for this one, so that this one must come to an end.
    return TimeLimits.failing(
        CompletableFuture.completedFuture(store())
            .thenCompose(
                store ->
                    store.listOwnerships(any.namespace(), any.eventHub(), any.consumerGroup())),
        settings().metadataTimeout());
  }

  /** The listing has succeeded. */
  void succeeded() {
    underWay = false;
    failures = 0;
  }

  /** The listing has failed. */
  void failed() {
    underWay = false;
  }

  /** Says why it has failed, where it is tried again. */
  void logFailure(Throwable error) {
    KeyedLog.of(context.getLog())
        .warn(keys(), "listing the owners failed: {}; trying again", StageFailure.inWords(error));
  }

  boolean isUnderWay() {
    return underWay;
  }

  /** Whether somebody has asked for another listing since the last one began. */
  boolean isToFollow() {
    return again;
  }

  /** Whether trying again can help after a request of this kind has failed. */
  static boolean mayPass(Throwable error) {
    return error instanceof TimeoutException
        || (error instanceof EventHubsException failure && failure.isTransient());
  }

  /** The time to wait after a failure, which grows until a listing succeeds. */
  Duration delayAfterFailure() {
    BalancedSettings balanced = settings().balanced();
    return new Backoff(
            balanced.unsettledInterval(),
            balanced.balancingInterval(),
            ThreadLocalRandom.current()::nextDouble)
        .delay(failures++);
  }

  /** A new round begins, in which uncertain records may be created again. */
  void newRound() {
    created.removeAll(uncertain);
    uncertain.clear();
  }

  /** These records may still be missing. */
  void uncertain(Set<String> partitionIds) {
    uncertain.addAll(partitionIds);
  }

  /**
   * Creates the records of partitions that nobody has claimed yet, without an owner: some of the
   * official processors claim without a condition where there is no record.
   *
   * @return whether the round goes on when that is done
   */
  boolean createMissing(Set<String> partitionIds, Map<String, StoredOwnership> existing) {
    Set<String> missing = new HashSet<>(partitionIds);
    missing.removeAll(existing.keySet());
    missing.removeAll(created);
    if (missing.isEmpty()) {
      return false;
    }
    created.addAll(missing);
    PartitionStore store = store();
    // The last stream may have left before the answer comes.
    LogKeys keys = keys();
    List<CompletableFuture<Optional<StoredOwnership>>> creations =
        missing.stream()
            .map(id -> store.createOwnership(partition(id), "", Map.of()).toCompletableFuture())
            .toList();
    context.pipeToSelf(
        TimeLimits.failing(
            CompletableFuture.allOf(creations.toArray(CompletableFuture<?>[]::new)),
            settings().metadataTimeout()),
        (done, error) -> {
          if (error != null) {
            Throwable cause = StageFailure.causeOf(error);
            if (!mayPass(cause)) {
              return notListed.apply(cause);
            }
            KeyedLog.of(context.getLog())
                .warn(keys, "creating ownership records failed: {}", StageFailure.inWords(cause));
            return recordsCreated.apply(Optional.empty(), missing);
          }
          return recordsCreated.apply(withCreated(existing.values(), creations), Set.of());
        });
    return true;
  }

  /** All records; empty if a neighbour was faster with one, which may be claimed already. */
  private static Optional<List<StoredOwnership>> withCreated(
      Collection<StoredOwnership> existing,
      List<CompletableFuture<Optional<StoredOwnership>>> creations) {
    List<StoredOwnership> all = new ArrayList<>(existing);
    creations.forEach(creation -> creation.join().ifPresent(all::add));
    return all.size() == existing.size() + creations.size() ? Optional.of(all) : Optional.empty();
  }

  private StreamOfGroup anyStream() {
    return streams.serving().get(0);
  }

  private ConsumerSettings settings() {
    return anyStream().settings();
  }

  private PartitionStore store() {
    return settings().partitionStore().orElseThrow();
  }

  /** The names of the group, for log lines. */
  private LogKeys keys() {
    return GroupStreams.keysOf(anyStream());
  }

  private EventHubPartition partition(String partitionId) {
    return anyStream().partition(partitionId);
  }
}
