// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.InvalidSettingsException;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.Subscriptions;
import io.github.pekkoeventhubs.ownership.Placement;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.Done;
import org.apache.pekko.actor.ActorSystem;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all sources have in common: joining a placement when they start, taking partitions from it
 * while they run, and leaving it when they end for whatever reason.
 *
 * @param <T> what is emitted
 */
@InternalApi
abstract class ConsumerSource<T>
    extends AbstractGraphStageWithMaterializedValue<SourceShape<T>, SourceLifetime> {

  /** Finds the placement of a subscription. */
  interface PlacementChoice {
    Placement of(ActorSystem system, Subscription subscription);
  }

  private static final Logger LOG = LoggerFactory.getLogger("io.github.pekkoeventhubs.Consumer");
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

  @Override
  public Pair<GraphStageLogic, SourceLifetime> createLogicAndMaterializedValuePair(
      Attributes inheritedAttributes) {
    Logic logic = createLogic();
    return Pair.create(logic, logic.lifetime);
  }

  /** The part of a source's stage that knows nothing of what it emits. */
  abstract class Logic extends GraphStageLogic {

    private final String id = "consumer-" + IDS.incrementAndGet();
    private final SourceLifetime lifetime;
    private final AtomicBoolean left = new AtomicBoolean();
    private volatile @Nullable RunningStream stream;
    private volatile @Nullable Placement placement;
    private @Nullable Throwable failure;

    Logic() {
      super(shape);
      // Created here so that it works before the stage runs: invocations wait for it.
      AsyncCallback<Done> stop = createAsyncCallback(done -> completeStage());
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
              pulled();
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
              if (!(cause instanceof SubscriptionWithCancelException.NonFailureCancellation)) {
                failure = cause;
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
    public void preStart() {
      if (lifetime.isStopRequested()) {
        completeStage();
        return;
      }
      AsyncCallback<PartitionIntake> begin =
          createAsyncCallback(
              intake -> {
                intake.adopted();
                begin(intake);
              });
      AsyncCallback<PartitionIntake> finish = createAsyncCallback(this::finish);
      AsyncCallback<Throwable> fail =
          createAsyncCallback(
              error -> {
                failure = error;
                failStage(error);
              });
      try {
        checkSettings();
        Placement chosen = placements.of(materializer().system(), subscription);
        RunningStream running =
            new RunningStream(
                id,
                settings,
                EventHubClients.open(settings, chosen.ownerLevel(settings)),
                committable,
                manualPositions,
                subscription.partitionListener(),
                new RunningStream.Stage() {
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
                },
                System::nanoTime,
                InstantSource.system());
        stream = running;
        placement = chosen;
        lifetime.started(running);
        joinWhenProbed(running, chosen, fail);
      } catch (EventHubsException e) {
        failure = e;
        failStage(e);
      }
    }

    /** A stage that has stopped meanwhile never hears of it, and never joins. */
    private void joinWhenProbed(
        RunningStream running, Placement chosen, AsyncCallback<Throwable> fail) {
      AsyncCallback<Done> join = createAsyncCallback(done -> join(running, chosen));
      CompletableFuture<Done> probed = running.probeStore().toCompletableFuture();
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

    private void join(RunningStream running, Placement chosen) {
      if (left.get()) {
        return;
      }
      try {
        chosen.join(running);
        lifetime.joined();
      } catch (EventHubsException e) {
        failure = e;
        failStage(e);
      }
    }

    private void checkSettings() {
      boolean fixed = subscription instanceof Subscriptions.FixedPartitions;
      boolean positionsGiven =
          subscription instanceof Subscriptions.FixedPartitions partitions
              && partitions.positions().values().stream().allMatch(Optional::isPresent);
      if (settings.partitionStore().isEmpty() && (committable || !fixed)) {
        throw new InvalidSettingsException(
            "partition-store is missing: "
                + (fixed ? "offsets cannot be committed" : "partitions cannot be claimed")
                + " without one; set it with withPartitionStore, for example to"
                + " BlobPartitionStore.create(containerClient)");
      }
      if (settings.initialPosition().isEmpty() && !positionsGiven && manualPositions.isEmpty()) {
        throw new InvalidSettingsException(
            "initial-position is missing: say where to start in a partition without checkpoint, with"
                + " withInitialPosition(EventPosition.earliest()) or latest(); there is no default,"
                + " since either may be wrong silently");
      }
    }

    @Override
    public void postStop() {
      stopAll();
      lifetime.completed();
      RunningStream running = stream;
      if (running == null) {
        lifetime.released();
        return;
      }
      running.ended(failure != null);
      if (failure == null) {
        leave("the stream has stopped", CompletableFuture.completedFuture(Done.getInstance()));
      } else {
        leave(
            "the stream has failed: " + StageFailure.inWords(failure), lifetime.whenHoldEnds());
      }
    }

    /** Gives up what is owned, once: on the stage's thread, or on another if that is blocked. */
    private void leave(String reason, CompletionStage<Done> mayLeave) {
      RunningStream running = stream;
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

    private Done logged(String what, Throwable error) {
      LOG.warn("[{}] {}", id, what, error);
      return Done.getInstance();
    }
  }
}
