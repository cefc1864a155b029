// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.group.GroupStreams;
import io.github.pekkoeventhubs.group.HubPartitions;
import io.github.pekkoeventhubs.group.NewPartitions;
import io.github.pekkoeventhubs.group.Supervised;
import io.github.pekkoeventhubs.ownership.OwnerCommand;
import io.github.pekkoeventhubs.ownership.OwnerObserver;
import io.github.pekkoeventhubs.ownership.PartitionOwner;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.threads.OwnDispatcher;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.NoSerializationVerificationNeeded;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Adapter;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.actor.typed.javadsl.TimerScheduler;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.sharding.ShardRegion;
import org.apache.pekko.cluster.sharding.typed.ShardingEnvelope;
import org.apache.pekko.cluster.sharding.typed.javadsl.StartEntity;
import org.apache.pekko.cluster.typed.Cluster;
import org.apache.pekko.cluster.typed.Subscribe;

/**
 * One consumer group on this node: knows the streams that run here and the owners that sharding has
 * placed here, gives each owner a stream, tells the cluster whether streams run here at all, and
 * keeps every partition started somewhere.
 */
final class ShardedGroup extends AbstractBehavior<ShardedGroup.Command> {

  sealed interface Command extends NoSerializationVerificationNeeded {}

  record Join(StreamOfGroup stream) implements Command {}

  record Leave(StreamOfGroup stream, String reason, CompletableFuture<Done> left)
      implements Command {}

  /** The actor system shuts down: sharding stops the owners. */
  record AwaitHandOvers(StreamOfGroup stream, CompletableFuture<Done> left) implements Command {}

  record OwnerStarted(String partitionId, ActorRef<OwnerCommand> owner) implements Command {}

  private record OwnerEnded(String partitionId, ActorRef<OwnerCommand> owner) implements Command {}

  private record Parked(String partitionId, StreamOfGroup formerStream) implements Command {}

  private record PartitionLeaving(String partitionId) implements Command {}

  private record PartitionsKnown(List<String> partitionIds) implements Command {}

  private record PartitionsUnknown(StreamOfGroup asked, Throwable error) implements Command {}

  private record Started(String partitionId) implements Command {}

  private record StartRequested(String partitionId) implements Command {}

  private record MembersChanged() implements Command {}

  private enum Tick implements Command {
    KEEP_ALIVE,
    CHECK_ALL,
    REFRESH_PARTITIONS,
    SERVE_WAITING
  }

  private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

  private final TimerScheduler<Command> timers;
  private final String groupName;
  private final ActiveNodes activeNodes;
  private final ActorRef<String> startRequests;
  private final org.apache.pekko.actor.ActorRef region;
  private final org.apache.pekko.actor.ActorRef startAcknowledgements;
  private final ShardingSettings sharding;
  private final LongSupplier nanoTime;

  private final GroupStreams streams = new GroupStreams();
  private final HubPartitions<Command> partitions;
  private final Set<String> notKnownToRun = new HashSet<>();
  private final CoordinatorWatch coordinator = new CoordinatorWatch();
  private boolean announced;

  static Behavior<Command> create(
      String groupName,
      ActiveNodes activeNodes,
      ActorRef<ShardingEnvelope<OwnerCommand>> region,
      NewPartitions newPartitions,
      ShardingSettings sharding,
      LongSupplier nanoTime) {
    return Behaviors.setup(
        context ->
            Behaviors.withTimers(
                timers ->
                    new ShardedGroup(
                        context,
                        timers,
                        groupName,
                        activeNodes,
                        region,
                        newPartitions,
                        sharding,
                        nanoTime)));
  }

  private ShardedGroup(
      ActorContext<Command> context,
      TimerScheduler<Command> timers,
      String groupName,
      ActiveNodes activeNodes,
      ActorRef<ShardingEnvelope<OwnerCommand>> region,
      NewPartitions newPartitions,
      ShardingSettings sharding,
      LongSupplier nanoTime) {
    super(context);
    this.nanoTime = nanoTime;
    context.setLoggerName("io.github.pekkoeventhubs.ShardedGroup");
    this.timers = timers;
    this.groupName = groupName;
    this.activeNodes = activeNodes;
    this.partitions =
        new HubPartitions<>(
            context,
            timers,
            streams,
            PartitionsKnown::new,
            PartitionsUnknown::new,
            Tick.REFRESH_PARTITIONS,
            newPartitions);
    this.startRequests =
        context.spawn(startRequests(context.getSelf()), "start-requests", OwnDispatcher.props());
    this.region = Adapter.toClassic(region);
    this.sharding = sharding;
    this.startAcknowledgements =
        Adapter.toClassic(
            context.messageAdapter(
                ShardRegion.StartEntityAck.class, ack -> new Started(ack.entityId())));
    Cluster.get(context.getSystem())
        .subscriptions()
        .tell(
            Subscribe.create(
                context.messageAdapter(
                    ClusterEvent.MemberEvent.class, event -> new MembersChanged()),
                ClusterEvent.MemberEvent.class));
  }

  @Override
  public Receive<Command> createReceive() {
    return newReceiveBuilder()
        .onMessage(Join.class, message -> join(message.stream()))
        .onMessage(Leave.class, this::leave)
        .onMessage(
            AwaitHandOvers.class,
            message -> {
              streams.beginLeaving(message.stream(), message.left());
              streams.endIfLeft(message.stream());
              return this;
            })
        .onMessage(OwnerStarted.class, this::ownerStarted)
        .onMessage(OwnerEnded.class, this::ownerEnded)
        .onMessage(Parked.class, this::parked)
        .onMessage(PartitionLeaving.class, message -> partitionLeaving(message.partitionId()))
        .onMessage(PartitionsKnown.class, message -> partitionsKnown(message.partitionIds()))
        .onMessage(PartitionsUnknown.class, this::partitionsUnknown)
        .onMessage(
            Started.class,
            message -> {
              notKnownToRun.remove(message.partitionId());
              coordinator.answered();
              return this;
            })
        .onMessage(StartRequested.class, message -> startRequested(message.partitionId()))
        .onMessage(
            MembersChanged.class,
            message -> {
              startAll();
              return this;
            })
        .onMessage(Tick.class, this::tick)
        .onSignal(
            PreRestart.class,
            signal -> {
              streams.abort(Supervised.groupFailed());
              return this;
            })
        .build();
  }

  // Streams.

  private Behavior<Command> join(StreamOfGroup stream) {
    if (streams.join(stream)) {
      partitions.ask(stream);
    }
    return this;
  }

  private Behavior<Command> leave(Leave message) {
    if (streams.beginLeaving(message.stream(), message.left())) {
      // The node leaves the placement first, so that no partition is sent here while this drains.
      if (streams.serving().isEmpty()) {
        withdraw();
      }
    }
    streams.withdraw(message.stream(), message.reason());
    return this;
  }

  /** Tells the cluster that partitions may be placed here, and keeps them all started. */
  private void announce(ConsumerSettings settings) {
    if (announced) {
      return;
    }
    announced = true;
    activeNodes.announce(startRequests);
    timers.startTimerWithFixedDelay(Tick.KEEP_ALIVE, Tick.KEEP_ALIVE, sharding.keepAliveInterval());
    timers.startTimerWithFixedDelay(
        Tick.CHECK_ALL, Tick.CHECK_ALL, sharding.keepAliveIntervalWhenComplete());
    timers.startTimerWithFixedDelay(
        Tick.REFRESH_PARTITIONS, Tick.REFRESH_PARTITIONS, settings.partitionRefreshInterval());
  }

  private void withdraw() {
    timers.cancelAll();
    coordinator.answered();
    if (announced) {
      announced = false;
      activeNodes.withdraw(startRequests, getContext().getSelf().path());
    }
  }

  // The event hub's partitions.

  private Behavior<Command> partitionsKnown(List<String> ids) {
    List<StreamOfGroup> serving = streams.serving();
    if (serving.isEmpty()) {
      return this;
    }
    partitions.answered(ids);
    notKnownToRun.retainAll(partitions.ids());
    streams.endAllBut(partitions.ids());
    announce(serving.get(0).settings());
    startAll();
    streams.serveWaitingOwners();
    streams.shareAmongStreams();
    return this;
  }

  private Behavior<Command> partitionsUnknown(PartitionsUnknown message) {
    partitions.refused(message.asked(), message.error());
    return this;
  }

  private Behavior<Command> tick(Tick tick) {
    switch (tick) {
      case KEEP_ALIVE -> {
        if (!activeNodes.isSelfLeaving()) {
          keepAlive();
        }
      }
      case CHECK_ALL -> startAll();
      case REFRESH_PARTITIONS -> partitions.refresh();
      case SERVE_WAITING -> streams.serveWaitingOwners();
    }
    return this;
  }

  private void keepAlive() {
    long now = nanoTime.getAsLong();
    if (coordinator.takeReport(now)) {
      activeNodes.reportNoCoordinator(getContext().getLog(), partitions.keys(), groupName);
    }
    // Requests without an answer pile up in sharding: then one now and then is enough.
    if (!coordinator.isSilent(now)) {
      startOurs(notKnownToRun);
      streams.tellPlaced();
    }
  }

  /**
   * Starts every partition that does not run, wherever it belongs, and does nothing to the others.
   * The active nodes share the work. When one of them is gone, the others start its part at their
   * next tick: these are partitions of which they do not know that they run.
   */
  private void startAll() {
    if (!streams.serving().isEmpty() && !activeNodes.isSelfLeaving()) {
      notKnownToRun.addAll(partitions.ids());
      startOurs(partitions.ids());
    }
  }

  private void startOurs(Set<String> partitionIds) {
    StartDuty<String> duty = activeNodes.startDuty();
    partitionIds.stream().filter(duty::isOurs).forEach(this::start);
  }

  private void start(String partitionId) {
    coordinator.asked(nanoTime.getAsLong());
    region.tell(StartEntity.create(OwnerCommand.class, partitionId), startAcknowledgements);
  }

  private Behavior<Command> ownerStarted(OwnerStarted message) {
    getContext().watchWith(message.owner(), new OwnerEnded(message.partitionId(), message.owner()));
    streams.ownerStarted(message.partitionId(), message.owner());
    return this;
  }

  private Behavior<Command> parked(Parked message) {
    if (!streams.parked(message.partitionId(), message.formerStream())) {
      timers.startSingleTimer(Tick.SERVE_WAITING, ASK_AGAIN);
    }
    return this;
  }

  /** Partition ids, which any node may send: a plain text needs no serializer of ours. */
  private static Behavior<String> startRequests(ActorRef<Command> group) {
    return Behaviors.receiveMessage(
        partitionId -> {
          group.tell(new StartRequested(partitionId));
          return Behaviors.same();
        });
  }

  /**
   * A partition is leaving this node, and everything of it is released: the nodes that may get it
   * ask for it at once, instead of at their next tick. Sharding keeps the request until it has
   * finished the move.
   */
  private Behavior<Command> partitionLeaving(String partitionId) {
    activeNodes.startRequests().stream()
        .filter(other -> !other.equals(startRequests))
        .forEach(other -> other.tell(partitionId));
    return startRequested(partitionId);
  }

  private Behavior<Command> startRequested(String partitionId) {
    // A region that shuts down waits for the messages that it was asked to deliver.
    boolean isWanted = !streams.serving().isEmpty() && !partitions.isGone(partitionId);
    if (isWanted && !activeNodes.isSelfLeaving()) {
      notKnownToRun.add(partitionId);
      start(partitionId);
    }
    return this;
  }

  private Behavior<Command> ownerEnded(OwnerEnded message) {
    if (streams.ownerEnded(message.partitionId(), message.owner())) {
      partitionLeaving(message.partitionId());
    }
    return this;
  }

  /** The behaviour of an owner that sharding starts here. */
  static Behavior<OwnerCommand> owner(
      String partitionId,
      ActorRef<Command> group,
      MembersView members,
      NewPartitions newPartitions,
      LongSupplier nanoTime) {
    return Behaviors.setup(
        context -> {
          group.tell(new OwnerStarted(partitionId, context.getSelf()));
          OwnerObserver observer =
              new OwnerObserver() {
                @Override
                public void parked(String id, StreamOfGroup formerStream) {
                  group.tell(new Parked(id, formerStream));
                }

                @Override
                public void stopping(String id) {
                  group.tell(new PartitionLeaving(id));
                }
              };
          return PartitionOwner.create(
              partitionId,
              new ShardedClaimRules(members, newPartitions::isNew),
              observer,
              nanoTime);
        });
  }
}
