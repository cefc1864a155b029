// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import com.azure.messaging.eventhubs.models.EventPosition;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.PartitionNotFoundException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.ownership.ClaimRules;
import io.github.pekkoeventhubs.ownership.OwnerCommand;
import io.github.pekkoeventhubs.ownership.OwnerObserver;
import io.github.pekkoeventhubs.ownership.PartitionOwner;
import io.github.pekkoeventhubs.ownership.Placement;
import io.github.pekkoeventhubs.ownership.StreamOfGroup;
import io.github.pekkoeventhubs.threads.OwnDispatcher;
import io.github.pekkoeventhubs.threads.SystemEnd;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.ChildFailed;
import org.apache.pekko.actor.typed.PreRestart;
import org.apache.pekko.actor.typed.Terminated;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/** A list of partitions that are read without claims. One instance per stream. */
@InternalApi
public final class FixedPlacement implements Placement {

  private final ActorSystem<?> system;
  private final Map<String, Optional<EventPosition>> positions;
  private final LongSupplier nanoTime;
  private final CompletableFuture<Done> left = new CompletableFuture<>();
  private @Nullable ActorRef<Command> owners;

  public FixedPlacement(
      ActorSystem<?> system,
      Map<String, Optional<EventPosition>> positions,
      LongSupplier nanoTime) {
    this.system = system;
    this.positions = positions;
    this.nanoTime = nanoTime;
  }

  @Override
  public @Nullable Long ownerLevel(ConsumerSettings settings) {
    return settings.ownerLevel().isPresent() ? settings.ownerLevel().getAsLong() : null;
  }

  @Override
  public synchronized void join(StreamOfGroup stream) {
    ClusterTimeouts.checkShutdown(system, stream);
    owners =
        system.systemActorOf(
            Supervised.group(
                Behaviors.setup(context -> new Owners(context, stream, positions, nanoTime, left))),
            "pekko-eventhubs-fixed-" + stream.id(),
            OwnDispatcher.props());
  }

  @Override
  public synchronized CompletionStage<Done> leave(StreamOfGroup stream, String reason) {
    ActorRef<Command> joined = owners;
    if (joined == null) {
      left.complete(Done.getInstance());
    } else {
      joined.tell(new Command.Leave(reason));
    }
    return SystemEnd.of(system).completes(left);
  }

  sealed interface Command {
    record Leave(String reason) implements Command {}

    record PartitionIdsAnswered(List<String> partitionIds) implements Command {}

    record PartitionIdsRefused(Throwable error) implements Command {}

    record AskAgain() implements Command {}
  }

  /**
   * Starts an owner per partition, once the partitions are known to exist, and outlives them all.
   */
  private static final class Owners extends AbstractBehavior<Command> {

    private final StreamOfGroup stream;
    private final Map<String, Optional<EventPosition>> positions;
    private final LongSupplier nanoTime;
    private final CompletableFuture<Done> left;
    private final Map<String, ActorRef<OwnerCommand>> running = new HashMap<>();
    private final RepeatedQuestion question = new RepeatedQuestion();
    private boolean leaving;

    Owners(
        ActorContext<Command> context,
        StreamOfGroup stream,
        Map<String, Optional<EventPosition>> positions,
        LongSupplier nanoTime,
        CompletableFuture<Done> left) {
      super(context);
      this.stream = stream;
      this.positions = positions;
      this.nanoTime = nanoTime;
      this.left = left;
      ask();
    }

    private void ask() {
      getContext()
          .pipeToSelf(
              stream.partitionIds(),
              (ids, error) ->
                  error == null && ids != null
                      ? new Command.PartitionIdsAnswered(ids)
                      : new Command.PartitionIdsRefused(StageFailure.causeOf(error)));
    }

    @Override
    public Receive<Command> createReceive() {
      return newReceiveBuilder()
          .onMessage(
              Command.PartitionIdsAnswered.class,
              message -> partitionIdsAnswered(message.partitionIds()))
          .onMessage(
              Command.PartitionIdsRefused.class, message -> partitionIdsRefused(message.error()))
          .onMessage(
              Command.AskAgain.class,
              message -> {
                if (!leaving) {
                  ask();
                }
                return this;
              })
          .onMessage(Command.Leave.class, message -> leave(message.reason()))
          .onSignal(ChildFailed.class, signal -> ended(signal.getRef(), signal.getCause()))
          .onSignal(Terminated.class, signal -> ended(signal.getRef(), null))
          .onSignal(PreRestart.class, signal -> crashed())
          .build();
    }

    /** The stream fails and leaves; until then this actor begins anew. */
    private Behavior<Command> crashed() {
      stream.fail(Supervised.groupFailed());
      return this;
    }

    private Behavior<Command> partitionIdsAnswered(List<String> partitionIds) {
      if (leaving || !running.isEmpty()) {
        return this;
      }
      Set<String> missing = new HashSet<>(positions.keySet());
      missing.removeAll(partitionIds);
      if (!missing.isEmpty()) {
        stream.fail(
            PartitionNotFoundException.of(
                stream.partition(missing.iterator().next()).eventHub(), missing, partitionIds));
        return this;
      }
      ClaimRules rules = new FixedClaimRules(positions);
      OwnerObserver observer =
          new OwnerObserver() {
            @Override
            public void parked(String partitionId, StreamOfGroup formerStream) {
              // The stream has failed, or is leaving: in both cases it will tell this actor.
            }

            @Override
            public void stopping(String partitionId) {
              // Seen when the owner has ended.
            }
          };
      for (String partitionId : positions.keySet()) {
        ActorRef<OwnerCommand> owner =
            getContext()
                .spawn(
                    PartitionOwner.create(partitionId, rules, observer, nanoTime),
                    "partition-" + partitionId,
                    OwnDispatcher.props());
        getContext().watch(owner);
        running.put(partitionId, owner);
        owner.tell(new OwnerCommand.OfferStream(stream));
      }
      stream.placed(positions.size());
      return this;
    }

    private Behavior<Command> partitionIdsRefused(Throwable error) {
      ActorContext<Command> context = getContext();
      question.refused(
          stream,
          error,
          RepeatedQuestion.NOTHING_IS_READ,
          context.getLog(),
          delay -> context.scheduleOnce(delay, context.getSelf(), new Command.AskAgain()));
      return this;
    }

    /** An owner ends when the stream leaves. One that ends before has failed. */
    private Behavior<Command> ended(ActorRef<?> owner, @Nullable Throwable cause) {
      for (String partitionId : List.copyOf(running.keySet())) {
        if (owner.equals(running.get(partitionId))) {
          running.remove(partitionId);
          if (!leaving) {
            stream.fail(Supervised.ownerFailed(stream.partition(partitionId), cause));
          }
        }
      }
      return endIfLeft();
    }

    private Behavior<Command> leave(String reason) {
      leaving = true;
      running.values().forEach(owner -> owner.tell(new OwnerCommand.Stop(reason)));
      return endIfLeft();
    }

    private Behavior<Command> endIfLeft() {
      if (leaving && running.isEmpty()) {
        left.complete(Done.getInstance());
        return Behaviors.stopped();
      }
      return this;
    }
  }
}
