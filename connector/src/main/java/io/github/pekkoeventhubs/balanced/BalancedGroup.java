// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.BalancedSettings;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.group.GroupStreams;
import io.github.pekkoeventhubs.group.HubPartitions;
import io.github.pekkoeventhubs.group.Supervised;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.ownership.OwnerCommand;
import io.github.pekkoeventhubs.ownership.OwnerObserver;
import io.github.pekkoeventhubs.ownership.PartitionOwner;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.threads.OwnDispatcher;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.jspecify.annotations.Nullable;

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

  /** Records that were missing have been created; see {@link RecordListing}. */
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
  private final LocalOwners owners = new LocalOwners();
  private final HeldBack heldBack = new HeldBack();
  private final HandOverRequests requests;
  private final HubPartitions<Command> partitions;
  private final RecordListing<Command> listing;

  private @Nullable ObservedOwnerships observed;
  private long lastOwner;

  /** Read by owners. */
  private volatile boolean mixed;

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
    this.requests = new HandOverRequests(ownerId, log());
    this.partitions =
        new HubPartitions<>(
            context,
            timers,
            streams,
            PartitionsKnown::new,
            PartitionsUnknown::new,
            Tick.REFRESH_PARTITIONS);
    this.listing =
        new RecordListing<>(context, streams, Listed::new, ListingFailed::new, RecordsCreated::new);
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
        .onSignal(PreRestart.class, signal -> crashed())
        .build();
  }

  private Behavior<Command> crashed() {
    streams.abort(Supervised.groupFailed());
    return this;
  }

  // Streams.

  private Behavior<Command> join(StreamOfGroup stream) {
    if (streams.join(stream)) {
      observed = ObservedOwnerships.continuing(observed, stream.settings());
      partitions.ask(stream);
      if (partitions.ids().isEmpty()) {
        listing.askAhead();
      }
    }
    return this;
  }

  private Behavior<Command> leave(Leave message) {
    CompletableFuture<Done> drained = new CompletableFuture<>();
    CompletionStage<Done> ended = drained;
    if (streams.beginLeaving(message.stream(), drained)) {
      if (streams.serving().isEmpty()) {
        timers.cancelAll();
        if (observed != null) {
          observed.interrupted();
        }
        listing.forgetAhead();
        CompletionStage<Done> erased = requests.eraseAll(message.stream().settings());
        ended = drained.thenCombine(erased, (done, none) -> done);
      }
      streams.withdraw(message.stream(), message.reason());
    }
    ended.thenAccept(message.left()::complete);
    return this;
  }

  private Behavior<Command> tick(Tick tick) {
    switch (tick) {
      case BALANCE -> {
        listing.newRound();
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
    boolean areNew = partitions.answered(ids);
    owners.endAllBut(partitions.ids());
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
    listing.forgetAhead();
    partitions.refused(message.asked(), message.error());
    return this;
  }

  // Balancing.

  /** Begins a round, or has one follow the one that is under way. */
  private Behavior<Command> balance() {
    if (!streams.serving().isEmpty() && !partitions.ids().isEmpty()) {
      listing.begin();
    }
    return this;
  }

  private Behavior<Command> listed(List<StoredOwnership> found) {
    listing.succeeded();
    ObservedOwnerships seen = observed;
    if (streams.serving().isEmpty() || seen == null) {
      return this;
    }
    Map<String, StoredOwnership> records = new HashMap<>();
    found.forEach(record -> records.put(record.partition().partitionId(), record));
    if (listing.createMissing(partitions.ids(), records)) {
      return this;
    }
    Collection<BalancingPolicy.Partition> all =
        seen.observe(partitions.ids(), records, nanoTime.getAsLong());
    mixed =
        all.stream()
            .anyMatch(each -> !each.isFree() && !each.handsOver() && !each.owner().equals(ownerId));
    owners.checkClaims(ownerId, records);
    BalancingPolicy.Decision decision =
        BalancingPolicy.decide(ownerId, all, owners.held(), notToBeClaimed());
    perform(decision, records);
    if (decision.settled()) {
      streams.tellPlaced();
    }
    scheduleNext(decision.settled() && !listing.isToFollow());
    return this;
  }

  private Behavior<Command> listingFailed(Throwable error) {
    listing.failed();
    List<StreamOfGroup> serving = streams.serving();
    if (serving.isEmpty()) {
      return this;
    }
    if (!RecordListing.mayPass(error)) {
      serving.forEach(stream -> stream.fail(error));
      return this;
    }
    listing.logFailure(error);
    timers.startSingleTimer(Tick.BALANCE, Tick.BALANCE, listing.delayAfterFailure());
    return this;
  }

  private KeyedLog log() {
    return KeyedLog.of(getContext().getLog());
  }

  private void scheduleNext(boolean settled) {
    BalancedSettings balanced = settings().balanced();
    Duration interval = settled ? balanced.balancingInterval() : balanced.unsettledInterval();
    double jitter = 1 + JITTER * ThreadLocalRandom.current().nextDouble(-1, 1);
    timers.startSingleTimer(
        Tick.BALANCE, Tick.BALANCE, Duration.ofNanos((long) (interval.toNanos() * jitter)));
  }

  private Behavior<Command> recordsCreated(RecordsCreated message) {
    listing.uncertain(message.uncertain());
    Optional<List<StoredOwnership>> all = message.all();
    return listing.isUnderWay() || all.isEmpty() ? balance() : listed(all.get());
  }

  private Set<String> notToBeClaimed() {
    Set<String> ids = heldBack.at(nanoTime.getAsLong(), settings().ownership());
    ids.addAll(owners.ending());
    return ids;
  }

  private void perform(BalancingPolicy.Decision decision, Map<String, StoredOwnership> records) {
    for (String partitionId : decision.claims()) {
      startOwner(partitionId, Optional.ofNullable(records.get(partitionId)));
    }
    for (String partitionId : decision.requests()) {
      requests.ask(settings(), Objects.requireNonNull(records.get(partitionId)));
    }
    for (String partitionId : decision.erasures()) {
      requests.erase(settings(), Objects.requireNonNull(records.get(partitionId)));
    }
    for (String partitionId : decision.handOvers()) {
      String requester =
          Optional.ofNullable(records.get(partitionId))
              .flatMap(StoredOwnership::handOverRequester)
              .orElse("a neighbour");
      owners.end(partitionId, "asked for by " + requester);
    }
  }

  private void startOwner(String partitionId, Optional<StoredOwnership> record) {
    record
        .filter(current -> !current.isReleased() && !current.ownerId().equals(ownerId))
        .ifPresent(
            current ->
                log()
                    .info(
                        LogKeys.of(current.partition()),
                        "[{}] taking over from {}",
                        current.partition(),
                        current.ownerId()));
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
                        ownerId,
                        record.map(StoredOwnership::version),
                        () -> mixed,
                        partitions.newPartitions()::isNew),
                    observer,
                    nanoTime),
                "owner-" + ++lastOwner,
                OwnDispatcher.props());
    getContext().watchWith(actor, new OwnerEnded(partitionId, actor));
    owners.started(partitionId, actor);
    streams.ownerStarted(partitionId, actor);
  }

  private Behavior<Command> ownerEnded(OwnerEnded message) {
    if (owners.ended(message.partitionId(), message.owner())) {
      streams.ownerEnded(message.partitionId(), message.owner());
    }
    return this;
  }

  /** It is claimed again when the records allow it, by another owner. */
  private Behavior<Command> notOwned(NotOwned message) {
    if (message.lost()) {
      hold(message.partitionId());
    }
    owners.end(message.partitionId(), "owned by another process");
    return this;
  }

  private Behavior<Command> parked(Parked message) {
    if (!streams.parked(message.partitionId(), message.formerStream())) {
      // The stream may have failed because of this partition, and not have said so yet.
      hold(message.partitionId());
      owners.end(message.partitionId(), "no stream is left for it");
    }
    return this;
  }

  private void hold(String partitionId) {
    if (!streams.serving().isEmpty()) {
      heldBack.add(partitionId, settings().ownership(), nanoTime.getAsLong());
    }
  }

  private ConsumerSettings settings() {
    return streams.serving().get(0).settings();
  }
}
