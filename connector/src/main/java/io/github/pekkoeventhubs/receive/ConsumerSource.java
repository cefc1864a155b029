// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.RunningStreams;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.failure.GuardedStageLogic;
import io.github.pekkoeventhubs.failure.UnexpectedFailure;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.StreamFailureLog;
import io.github.pekkoeventhubs.ownership.Placement;
import io.github.pekkoeventhubs.threads.OwnDispatcher;
import io.github.pekkoeventhubs.tracing.BoundTracing;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.SourceShape;
import org.apache.pekko.stream.SubscriptionWithCancelException;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/**
 * The common part of all sources: a source joins a placement when it starts, takes partitions from
 * it while it runs, and leaves it when it ends for any reason.
 *
 * @param <T> the type of the emitted elements
 */
@InternalApi
abstract class ConsumerSource<T>
    extends AbstractGraphStageWithMaterializedValue<SourceShape<T>, SourceLifetime> {

  /** Finds the placement of a subscription. */
  interface PlacementChoice {
    Placement of(ActorSystem system, Subscription subscription);
  }

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.Consumer");
  private static final AtomicLong IDS = new AtomicLong();

  private final ConsumerSettings settings;
  private final Subscription subscription;
  private final boolean committable;
  private final Optional<ManualPositions> manualPositions;
  private final PlacementChoice placements;
  private final Outlet<T> out;
  private final SourceShape<T> shape;

  ConsumerSource(
      String name,
      ConsumerSettings settings,
      Subscription subscription,
      boolean committable,
      Optional<ManualPositions> manualPositions,
      PlacementChoice placements) {
    this.settings = settings;
    this.subscription = subscription;
    this.committable = committable;
    this.manualPositions = manualPositions;
    this.placements = placements;
    this.out = Outlet.create(name + ".out");
    this.shape = SourceShape.of(out);
  }

  @Override
  public SourceShape<T> shape() {
    return shape;
  }

  final Outlet<T> outlet() {
    return out;
  }

  abstract Logic createLogic();

  /** Whether the stage completes when all partitions are at their ends. */
  boolean canEnd() {
    return false;
  }

  @Override
  public Pair<GraphStageLogic, SourceLifetime> createLogicAndMaterializedValuePair(
      Attributes inheritedAttributes) {
    Logic logic = createLogic();
    return Pair.create(logic, logic.lifetime);
  }

  /** The part of a source's stage that does not depend on the type of its elements. */
  abstract class Logic extends GuardedStageLogic {

    private final String id = "consumer-" + IDS.incrementAndGet();
    private final SourceLifetime lifetime;
    private final AtomicBoolean left = new AtomicBoolean();
    private volatile @Nullable MaterializedSource stream;
    private volatile @Nullable Placement placement;
    private @Nullable ListedSource listed;
    private @Nullable BoundedReading bounds;
    private Cancellable looks = Cancellable.alreadyCancelled();
    private @Nullable Throwable failure;
    private boolean failedDownstream;
    private boolean systemShutsDown;

    Logic() {
      super(shape, UnexpectedFailure.SOURCE);
      // Created here so that it works before the stage runs: invocations wait for it.
      AsyncCallback<Done> stop = createAsyncCallback(done -> completeStage());
      Step pull = this::pulled;
      lifetime =
          new SourceLifetime(
              settings.restartHold(),
              () -> stop.invoke(Done.getInstance()),
              () ->
                  leave(
                      "the stream does not react",
                      CompletableFuture.completedFuture(Done.getInstance())));
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              guard(pull);
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
              if (!(cause instanceof SubscriptionWithCancelException.NonFailureCancellation)) {
                failure = cause;
                failedDownstream = true;
              }
              cancelStage(cause);
            }
          });
    }

    /** Downstream wants an element. */
    abstract void pulled();

    /** A partition begins. */
    abstract void begin(PartitionIntake intake);

    /** The owner has finished with a partition; {@link PartitionIntake#stopped} is to follow. */
    abstract void finish(PartitionIntake intake);

    /** The stage ends: stop every partition that is still here. */
    abstract void stopAll();

    @Override
    protected void started() {
      // A source that is stopped before it starts follows one that has failed, too: the stream
      // ends as it was told to.
      RunningStreams list = RunningStreams.of(materializer().system());
      listed = ListedSource.of(list, id, settings, subscription, lifetime);
      if (lifetime.isStopRequested()) {
        completeStage();
        return;
      }
      AsyncCallback<Throwable> fail = createAsyncCallback(this::failWith);
      new SourceRequirements(settings, subscription, committable, manualPositions).check();
      bounds = bounds();
      Placement chosen = placements.of(materializer().system(), subscription);
      MaterializedSource running =
          new MaterializedSource(
              id,
              settings,
              EventHubServices.of(materializer().system())
                  .open(settings, chosen.ownerLevel(settings)),
              committable,
              manualPositions,
              subscription.partitionListener(),
              BoundTracing.of(materializer().system()),
              callsOnTheStagesThread(fail),
              bounds,
              System::nanoTime,
              InstantSource.system());
      stream = running;
      placement = chosen;
      lifetime.started(running.watchingForFatalErrors());
      endWithTheActorSystem(running, chosen);
      joinWhenProbed(running, chosen, fail);
    }

    private void failWith(Throwable error) {
      failure = error;
      failStage(error);
    }

    @Override
    protected void unexpected(EventHubsException thrown) {
      failWith(thrown);
    }

    private MaterializedSource.Stage callsOnTheStagesThread(AsyncCallback<Throwable> fail) {
      AsyncCallback<PartitionIntake> begin = onStagesThread(intake -> intake.adopt(this::begin));
      AsyncCallback<PartitionIntake> finish =
          onStagesThread(
              intake -> {
                finish(intake);
                completeAfterTheLastHandOver();
              });
      return new MaterializedSource.Stage() {
        @Override
        public void begin(PartitionIntake intake) {
          begin.invoke(intake);
        }

        @Override
        public void finish(PartitionIntake intake) {
          finish.invoke(intake);
        }

        @Override
        public void fail(Throwable error) {
          fail.invoke(error);
        }
      };
    }

    /** In the phase in which cluster sharding drains: it is there without a cluster, too. */
    private void endWithTheActorSystem(MaterializedSource running, Placement chosen) {
      AsyncCallback<Done> begun =
          onStagesThread(
              done -> {
                systemShutsDown = true;
                completeAfterTheLastHandOver();
              });
      Cancellable task =
          CoordinatedShutdown.get(materializer().system())
              .addCancellableTask(
                  CoordinatedShutdown.PhaseClusterShardingShutdownRegion(),
                  "hand over the partitions of " + id,
                  () -> {
                    begun.invoke(Done.getInstance());
                    return chosen
                        .leaveAtShutdown(running)
                        .thenCompose(done -> lifetime.endAtShutdown());
                  });
      lifetime.whenReleased().thenRun(task::cancel);
    }

    /** No partition comes any more: the operators below may finish what they have collected. */
    private void completeAfterTheLastHandOver() {
      MaterializedSource running = stream;
      if (systemShutsDown && running != null && running.isWithoutPartitions()) {
        completeStage();
      }
    }

    /** A stage that has stopped meanwhile does not get this call, and never joins. */
    private void joinWhenProbed(
        MaterializedSource running, Placement chosen, AsyncCallback<Throwable> fail) {
      AsyncCallback<Done> join = onStagesThread(done -> join(running, chosen));
      BoundedReading ends = bounds;
      CompletableFuture<Done> probed =
          running
              .probeStore()
              .thenCompose(
                  done ->
                      ends == null
                          ? CompletableFuture.completedFuture(done)
                          : ends.begin(running::partitionProperties))
              .toCompletableFuture();
      if (probed.isDone() && !probed.isCompletedExceptionally()) {
        join(running, chosen);
        return;
      }
      probed.whenComplete(
          (done, error) -> {
            if (error == null) {
              join.invoke(done);
            } else {
              fail.invoke(StageFailure.causeOf(error));
            }
          });
    }

    private void join(MaterializedSource running, Placement chosen) {
      if (left.get()) {
        return;
      }
      BoundedReading ends = bounds;
      if (ends != null) {
        if (ends.isFinished()) {
          completeStage();
          return;
        }
        looks =
            materializer()
                .system()
                .scheduler()
                .scheduleWithFixedDelay(
                    BoundedReading.LOOK_INTERVAL,
                    BoundedReading.LOOK_INTERVAL,
                    () -> ends.look(running::partitionProperties),
                    OwnDispatcher.of(materializer().system()));
      }
      chosen.join(running);
      lifetime.joined();
    }

    private @Nullable BoundedReading bounds() {
      if (!(subscription instanceof Subscriptions.FixedPartitions partitions)
          || partitions.end().isEmpty()) {
        return null;
      }
      if (!canEnd()) {
        throw new InvalidSettingsException(
            "Subscription.until(..) does not go with partitioned sources, atMostOnceSource and"
                + " processBatches: use plainSource or committableSource, which complete");
      }
      return BoundedReading.of(partitions.end().get(), partitions);
    }

    /** Whether everything up to the ends has been emitted. */
    final boolean isFinished() {
      return bounds != null && bounds.isFinished();
    }

    @Override
    public void postStop() {
      looks.cancel();
      stopAll();
      lifetime.completed();
      MaterializedSource running = stream;
      if (failure != null) {
        SourceName name = name();
        StreamFailureLog.ended(LOG, name.keys(), id, name.toString(), failure, failedDownstream);
        if (listed != null) {
          listed.failed(failure);
        }
      }
      if (running == null) {
        lifetime.released();
        return;
      }
      running.ended(failure != null);
      if (failure == null) {
        leave("the stream has stopped", CompletableFuture.completedFuture(Done.getInstance()));
      } else {
        leave("the stream has failed: " + StageFailure.inWords(failure), lifetime.whenHoldEnds());
      }
    }

    /** Gives up what is owned, once: on the stage's thread, or on another if that is blocked. */
    private void leave(String reason, CompletionStage<Done> mayLeave) {
      MaterializedSource running = stream;
      Placement chosen = placement;
      if (running == null || chosen == null || left.getAndSet(true)) {
        return;
      }
      mayLeave
          .thenCompose(done -> chosen.leave(running, reason))
          .exceptionally(error -> logged("leaving the consumer group failed", error))
          .thenCompose(done -> running.close())
          .exceptionally(
              error -> {
                logged("closing the connections failed", error);
                return null;
              })
          .thenRun(lifetime::released);
    }

    private SourceName name() {
      MaterializedSource running = stream;
      return running == null ? SourceName.of(settings) : running.sourceName();
    }

    private Done logged(String what, Throwable error) {
      LOG.warn(name().keys(), "[{}] {}", id, what, error);
      return Done.getInstance();
    }
  }
}
