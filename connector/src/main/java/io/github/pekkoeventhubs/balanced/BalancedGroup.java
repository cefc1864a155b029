// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.PartitionStore;
import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.group.GroupStreams;
import io.github.pekkoeventhubs.group.HubPartitions;
import io.github.pekkoeventhubs.ownership.Backoff;
import io.github.pekkoeventhubs.ownership.OwnerCommand;
import io.github.pekkoeventhubs.ownership.OwnerObserver;
import io.github.pekkoeventhubs.ownership.PartitionOwner;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.store.OwnershipProtocol;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * One consumer group on this node whose partitions are shared with other processes through the
 * store: lists who owns what, lets the {@link BalancingPolicy} decide, and starts and stops owners.
 */
final class BalancedGroup extends AbstractBehavior<BalancedGroup.Command> {

  sealed interface Command extends NoSerializationVerificationNeeded {}

  record Join(StreamOfGroup stream) implements Command {}

  record Leave(StreamOfGroup stream, String reason, CompletableFuture<Done> left)
      implements Command {}

  private record PartitionsKnown(List<String> partitionIds) implements Command {}

  private record PartitionsUnknown(StreamOfGroup asked, Throwable error) implements Command {}

  private record Listed(List<StoredOwnership> records) implements Command {}

  private record ListingFailed(Throwable error) implements Command {}

  /**
   * Records that were missing have been created.
   *
   * @param all all records of the group now; empty if they are not known, since others write too
   * @param uncertain those of them that may still be missing
   */
  private record RecordsCreated(Optional<List<StoredOwnership>> all, Set<String> uncertain)
      implements Command {}

  private record OwnerEnded(String partitionId, ActorRef<OwnerCommand> owner) implements Command {}

  private record Parked(String partitionId, StreamOfGroup formerStream) implements Command {}

  private record NotOwned(String partitionId, boolean lost) implements Command {}

  private enum Tick implements Command {
    BALANCE,
    REFRESH_PARTITIONS
  }

  private static final double JITTER = 0.1;

  private final TimerScheduler<Command> timers;
  private final String ownerId;
  private final LongSupplier nanoTime;
  private final GroupStreams streams = new GroupStreams();
  private final Map<String, Owner> owners = new HashMap<>();
  private final Map<String, Hold> holds = new HashMap<>();
  private final HubPartitions<Command> partitions;
  private final Set<String> createdRecords = new HashSet<>();

  /** To be created again if they are missing, though not in this round. */
  private final Set<String> uncertainRecords = new HashSet<>();

  private @Nullable OwnershipSightings sightings;
  private long lastOwner;

  /** Asked for together with the partition ids, for the first round. */
  private @Nullable CompletionStage<List<StoredOwnership>> listedAhead;

  private boolean listing;
  private boolean listAgain;
  private boolean hasListed;
  private int failedListings;

  /** Read by owners. */
  private volatile boolean mixed;

  /** An owner that runs here, and whether it has been told to end. */
  private static final class Owner {
    final ActorRef<OwnerCommand> actor;
    boolean ending;

    Owner(ActorRef<OwnerCommand> actor) {
      this.actor = actor;
    }
  }

  /** A partition that was lost or could not be served is left alone for a growing while. */
  private record Hold(int times, long untilNanos) {}

  static Behavior<Command> create(String ownerId, LongSupplier nanoTime) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(timers -> new BalancedGroup(context, timers, ownerId, nanoTime)));
  }

  private BalancedGroup(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      String ownerId,
      LongSupplier nanoTime) {
    super(context);
    context.setLoggerName("io.github.pekkoeventhubs.BalancedGroup");
    this.timers = timers;
    this.ownerId = ownerId;
    this.nanoTime = nanoTime;
    this.partitions =
        new HubPartitions<>(
            context,
            timers,
            streams,
            PartitionsKnown::new,
            PartitionsUnknown::new,
            Tick.REFRESH_PARTITIONS);
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Join.class, message -> join(message.stream()))
        .onMessage(Leave.class, this::leave)
        .onMessage(PartitionsKnown.class, message -> partitionsKnown(message.partitionIds()))
        .onMessage(PartitionsUnknown.class, this::partitionsUnknown)
        .onMessage(Listed.class, message -> listed(message.records()))
        .onMessage(ListingFailed.class, message -> listingFailed(message.error()))
        .onMessage(RecordsCreated.class, this::recordsCreated)
        .onMessage(OwnerEnded.class, this::ownerEnded)
        .onMessage(Parked.class, this::parked)
        .onMessage(NotOwned.class, this::notOwned)
        .onMessage(Tick.class, this::tick)
        .build();
  }

  // Streams.

  private Behavior<Command> join(StreamOfGroup stream) {
    if (streams.join(stream)) {
      if (sightings == null) {
        sightings =
            new OwnershipSightings(
                stream.settings().ownership().expiry(),
                stream.settings().balanced().handOverDeadline());
      }
      partitions.ask(stream);
      if (partitions.ids().isEmpty() && listedAhead == null) {
        listedAhead = list();
      }
    }
    return this;
  }

  private Behavior<Command> leave(Leave message) {
    if (streams.beginLeaving(message.stream(), message.left())) {
      if (streams.serving().isEmpty()) {
        timers.cancelAll();
        // The next to join may bring other settings.
        sightings = null;
        listedAhead = null;
      }
      streams.withdraw(message.stream(), message.reason());
    }
    return this;
  }

  private Behavior<Command> tick(Tick tick) {
    switch (tick) {
      case BALANCE -> {
        createdRecords.removeAll(uncertainRecords);
        uncertainRecords.clear();
        balance();
      }
      case REFRESH_PARTITIONS -> partitions.refresh();
    }
    return this;
  }

  // The event hub's partitions.

  private Behavior<Command> partitionsKnown(List<String> ids) {
    if (streams.serving().isEmpty()) {
      return this;
    }
    boolean areNew = partitions.learn(ids);
    if (!timers.isTimerActive(Tick.REFRESH_PARTITIONS)) {
      timers.startTimerWithFixedDelay(
          Tick.REFRESH_PARTITIONS, Tick.REFRESH_PARTITIONS, settings().partitionRefreshInterval());
    }
    streams.serveWaitingOwners();
    streams.shareAmongStreams();
    return !areNew && timers.isTimerActive(Tick.BALANCE) ? this : balance();
  }

  private Behavior<Command> partitionsUnknown(PartitionsUnknown message) {
    // Too old by the time that the partitions are known.
    listedAhead = null;
    partitions.notLearned(message.asked(), message.error());
    return this;
  }

  // Balancing.

  /** Begins a round, or has one follow the one that is under way. */
  private Behavior<Command> balance() {
    List<StreamOfGroup> serving = streams.serving();
    if (listing || serving.isEmpty() || partitions.ids().isEmpty()) {
      listAgain = listing;
      return this;
    }
    listing = true;
    listAgain = false;
    CompletionStage<List<StoredOwnership>> ahead = listedAhead;
    listedAhead = null;
    getContext()
        .pipeToSelf(
            ahead == null ? list() : ahead,
            (found, error) ->
                error == null && found != null
                    ? new Listed(found)
                    : new ListingFailed(StageFailure.causeOf(error)));
    return this;
  }

  private CompletionStage<List<StoredOwnership>> list() {
    EventHubPartition any = partition("any");
    // The next round waits for this one, so that this one must come to an end.
    return CompletableFuture.completedFuture(store())
        .thenCompose(
            store -> store.listOwnerships(any.namespace(), any.eventHub(), any.consumerGroup()))
        .orTimeout(settings().metadataTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  private Behavior<Command> listed(List<StoredOwnership> found) {
    listing = false;
    hasListed = true;
    failedListings = 0;
    OwnershipSightings seen = sightings;
    if (streams.serving().isEmpty() || seen == null) {
      return this;
    }
    Map<String, StoredOwnership> records = new HashMap<>();
    found.forEach(record -> records.put(record.partition().partitionId(), record));
    if (createMissing(records)) {
      return this;
    }
    Collection<BalancingPolicy.Partition> all =
        seen.observe(partitions.ids(), records, nanoTime.getAsLong());
    mixed =
        all.stream()
            .anyMatch(each -> !each.isFree() && !each.handsOver() && !each.owner().equals(ownerId));
    checkClaims(records);
    BalancingPolicy.Decision decision = BalancingPolicy.decide(ownerId, all, held(), barred());
    perform(decision, records);
    scheduleNext(decision.settled() && !listAgain);
    return this;
  }

  private Behavior<Command> listingFailed(Throwable error) {
    listing = false;
    List<StreamOfGroup> serving = streams.serving();
    if (serving.isEmpty()) {
      return this;
    }
    boolean mayPass = !(error instanceof PartitionStoreException failure) || failure.isTransient();
    if (!hasListed && !mayPass) {
      serving.forEach(stream -> stream.fail(error));
      return this;
    }
    getContext().getLog().warn("listing the owners failed: {}; trying again", error.getMessage());
    BalancedSettings balanced = settings().balanced();
    timers.startSingleTimer(
        Tick.BALANCE,
        Tick.BALANCE,
        new Backoff(
                balanced.unsettledInterval(),
                balanced.balancingInterval(),
                ThreadLocalRandom.current()::nextDouble)
            .delay(failedListings++));
    return this;
  }

  private void scheduleNext(boolean settled) {
    BalancedSettings balanced = settings().balanced();
    Duration interval = settled ? balanced.balancingInterval() : balanced.unsettledInterval();
    double jitter = 1 + JITTER * ThreadLocalRandom.current().nextDouble(-1, 1);
    timers.startSingleTimer(
        Tick.BALANCE, Tick.BALANCE, Duration.ofNanos((long) (interval.toNanos() * jitter)));
  }

  /**
   * Creates the records of partitions that nobody has claimed yet, without an owner: some of the
   * official processors claim without a condition where there is no record.
   *
   * @return whether the round goes on when that is done
   */
  private boolean createMissing(Map<String, StoredOwnership> existing) {
    Set<String> missing = new HashSet<>(partitions.ids());
    missing.removeAll(existing.keySet());
    missing.removeAll(createdRecords);
    if (missing.isEmpty()) {
      return false;
    }
    createdRecords.addAll(missing);
    PartitionStore store = store();
    List<CompletableFuture<Optional<StoredOwnership>>> creations =
        missing.stream()
            .map(id -> store.createOwnership(partition(id), "", Map.of()).toCompletableFuture())
            .toList();
    getContext()
        .pipeToSelf(
            CompletableFuture.allOf(creations.toArray(CompletableFuture<?>[]::new))
                .orTimeout(settings().metadataTimeout().toMillis(), TimeUnit.MILLISECONDS),
            (done, error) -> {
              if (error != null) {
                getContext()
                    .getLog()
                    .warn(
                        "creating ownership records failed: {}",
                        StageFailure.causeOf(error).getMessage());
                return new RecordsCreated(Optional.empty(), missing);
              }
              return new RecordsCreated(withCreated(existing.values(), creations), Set.of());
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

  private Behavior<Command> recordsCreated(RecordsCreated message) {
    uncertainRecords.addAll(message.uncertain());
    Optional<List<StoredOwnership>> all = message.all();
    return listing || all.isEmpty() ? balance() : listed(all.get());
  }

  /**
   * Lets owners look whose records name somebody else. They know better: the record may have been
   * listed before they claimed it.
   */
  private void checkClaims(Map<String, StoredOwnership> records) {
    owners.forEach(
        (partitionId, owner) -> {
          StoredOwnership record = records.get(partitionId);
          if (!owner.ending && (record == null || !record.ownerId().equals(ownerId))) {
            owner.actor.tell(new OwnerCommand.DoubtClaim());
          }
        });
  }

  private Set<String> held() {
    Set<String> held = new HashSet<>();
    owners.forEach(
        (partitionId, owner) -> {
          if (!owner.ending) {
            held.add(partitionId);
          }
        });
    return held;
  }

  private Set<String> barred() {
    long now = nanoTime.getAsLong();
    long forgetAfter = settings().ownership().lossMaxHold().toNanos();
    holds.values().removeIf(hold -> now - hold.untilNanos() > forgetAfter);
    Set<String> barred = new HashSet<>();
    holds.forEach(
        (partitionId, hold) -> {
          if (now - hold.untilNanos() < 0) {
            barred.add(partitionId);
          }
        });
    owners.forEach(
        (partitionId, owner) -> {
          if (owner.ending) {
            barred.add(partitionId);
          }
        });
    return barred;
  }

  private void perform(BalancingPolicy.Decision decision, Map<String, StoredOwnership> records) {
    OwnershipProtocol protocol = new OwnershipProtocol(store());
    for (String partitionId : decision.claims()) {
      startOwner(partitionId, Optional.ofNullable(records.get(partitionId)));
    }
    for (String partitionId : decision.requests()) {
      StoredOwnership record = Objects.requireNonNull(records.get(partitionId));
      getContext()
          .getLog()
          .info("[{}] asking {} to hand over", record.partition(), record.ownerId());
      ignoringFailure(protocol.requestHandOver(record, ownerId));
    }
    for (String partitionId : decision.erasures()) {
      StoredOwnership record = Objects.requireNonNull(records.get(partitionId));
      ignoringFailure(protocol.eraseRequest(record));
    }
    for (String partitionId : decision.handOvers()) {
      String requester =
          Optional.ofNullable(records.get(partitionId))
              .flatMap(StoredOwnership::handOverRequester)
              .orElse("a neighbour");
      endOwner(partitionId, "asked for by " + requester);
    }
  }

  /** The next round sees what has become of it. */
  private void ignoringFailure(CompletionStage<?> write) {
    Logger log = getContext().getSystem().log();
    write.whenComplete(
        (written, error) -> {
          if (error != null) {
            log.warn("writing to an ownership record failed: {}", error.getMessage());
          }
        });
  }

  // Owners.

  private void startOwner(String partitionId, Optional<StoredOwnership> record) {
    record
        .filter(current -> !current.isReleased() && !current.ownerId().equals(ownerId))
        .ifPresent(
            current ->
                getContext()
                    .getLog()
                    .info("[{}] taking over from {}", current.partition(), current.ownerId()));
    ActorRef<Command> self = getContext().getSelf();
    OwnerObserver observer =
        new OwnerObserver() {
          @Override
          public void parked(String id, StreamOfGroup formerStream) {
            self.tell(new Parked(id, formerStream));
          }

          @Override
          public void stopping(String id) {
            // Seen when the owner has ended.
          }

          @Override
          public void waiting(String id, boolean lost) {
            self.tell(new NotOwned(id, lost));
          }

          @Override
          public void handOverRequested(String id) {
            self.tell(Tick.BALANCE);
          }
        };
    ActorRef<OwnerCommand> actor =
        getContext()
            .spawn(
                PartitionOwner.create(
                    partitionId,
                    new BalancedClaimRules(
                        ownerId, record.map(StoredOwnership::version), () -> mixed),
                    observer,
                    nanoTime),
                "owner-" + ++lastOwner);
    getContext().watchWith(actor, new OwnerEnded(partitionId, actor));
    owners.put(partitionId, new Owner(actor));
    streams.ownerStarted(partitionId, actor);
  }

  private void endOwner(String partitionId, String reason) {
    Owner owner = owners.get(partitionId);
    if (owner != null && !owner.ending) {
      owner.ending = true;
      owner.actor.tell(new OwnerCommand.Stop(reason));
    }
  }

  private Behavior<Command> ownerEnded(OwnerEnded message) {
    Owner owner = owners.get(message.partitionId());
    if (owner != null && owner.actor.equals(message.owner())) {
      owners.remove(message.partitionId());
      streams.ownerEnded(message.partitionId(), message.owner());
    }
    return this;
  }

  /** It is claimed again when the records allow it, by another owner. */
  private Behavior<Command> notOwned(NotOwned message) {
    if (message.lost()) {
      hold(message.partitionId());
    }
    endOwner(message.partitionId(), "owned by another process");
    return this;
  }

  private Behavior<Command> parked(Parked message) {
    if (!streams.parked(message.partitionId(), message.formerStream())) {
      // The stream may have failed because of this partition, and not have said so yet.
      hold(message.partitionId());
      endOwner(message.partitionId(), "no stream is left for it");
    }
    return this;
  }

  private void hold(String partitionId) {
    if (streams.serving().isEmpty()) {
      return;
    }
    OwnershipSettings ownership = settings().ownership();
    Hold before = holds.get(partitionId);
    int times = before == null ? 0 : before.times();
    Duration delay =
        new Backoff(
                ownership.lossMinHold(),
                ownership.lossMaxHold(),
                ThreadLocalRandom.current()::nextDouble)
            .delay(times);
    holds.put(partitionId, new Hold(times + 1, nanoTime.getAsLong() + delay.toNanos()));
  }

  // Small things.

  private StreamOfGroup anyStream() {
    return streams.serving().get(0);
  }

  private ConsumerSettings settings() {
    return anyStream().settings();
  }

  private PartitionStore store() {
    return settings().partitionStore().orElseThrow();
  }

  private EventHubPartition partition(String partitionId) {
    return anyStream().partition(partitionId);
  }
}
