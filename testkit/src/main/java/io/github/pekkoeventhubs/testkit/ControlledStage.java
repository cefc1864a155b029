// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import com.azure.messaging.eventhubs.models.PartitionContext;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.ConsumerStatus.AcknowledgementFigures;
import io.github.pekkoeventhubs.ConsumerStatus.OwnerState;
import io.github.pekkoeventhubs.ConsumerStatus.PartitionStatus;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.RestartHold;
import io.github.pekkoeventhubs.javadsl.Consumer;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.Attributes;
import org.apache.pekko.stream.FlowShape;
import org.apache.pekko.stream.Inlet;
import org.apache.pekko.stream.Outlet;
import org.apache.pekko.stream.stage.AbstractGraphStageWithMaterializedValue;
import org.apache.pekko.stream.stage.AbstractInHandler;
import org.apache.pekko.stream.stage.AbstractOutHandler;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.apache.pekko.stream.stage.GraphStageLogic;
import org.jspecify.annotations.Nullable;

/** Passes elements on until it is stopped, and none while it is paused. */
final class ControlledStage<T>
    extends AbstractGraphStageWithMaterializedValue<FlowShape<T, T>, Consumer.Control> {

  private enum Command {
    STOP,
    PAUSE,
    RESUME
  }

  private final Inlet<T> in = Inlet.create("Controlled.in");
  private final Outlet<T> out = Outlet.create("Controlled.out");
  private final FlowShape<T, T> shape = FlowShape.of(in, out);

  @Override
  public FlowShape<T, T> shape() {
    return shape;
  }

  @Override
  public Pair<GraphStageLogic, Consumer.Control> createLogicAndMaterializedValuePair(
      Attributes inheritedAttributes) {
    Logic logic = new Logic();
    return Pair.create(logic, logic.control);
  }

  private final class Logic extends GraphStageLogic {

    final AttachedControl control;
    private boolean paused;

    Logic() {
      super(shape);
      AsyncCallback<Command> commands = createAsyncCallback(this::perform);
      control = new AttachedControl(commands::invoke);
      setHandler(
          in,
          new AbstractInHandler() {
            @Override
            public void onPush() {
              T element = grab(in);
              control.emitted(element);
              push(out, element);
            }
          });
      setHandler(
          out,
          new AbstractOutHandler() {
            @Override
            public void onPull() {
              pullUnlessPaused();
            }
          });
    }

    private void perform(Command command) {
      switch (command) {
        case STOP -> completeStage();
        case PAUSE -> paused = true;
        case RESUME -> {
          paused = false;
          pullUnlessPaused();
        }
      }
    }

    /** An element that was asked for before the pause is still passed on, as an event in flight. */
    private void pullUnlessPaused() {
      if (!paused && isAvailable(out) && !hasBeenPulled(in)) {
        tryPull(in);
      }
    }

    @Override
    public void postStop() {
      control.ended();
    }
  }

  /** Called by any thread. */
  private static final class AttachedControl implements Consumer.Control {

    private record Emitted(long sequenceNumber, @Nullable PartitionEpoch epoch, long count) {}

    private final java.util.function.Consumer<Command> commands;
    private final CompletableFuture<Done> ended = new CompletableFuture<>();

    // Guarded by this.
    private final Map<EventHubPartition, Emitted> emitted =
        new TreeMap<>(java.util.Comparator.comparing(EventHubPartition::toString));

    AttachedControl(java.util.function.Consumer<Command> commands) {
      this.commands = commands;
    }

    void ended() {
      ended.complete(Done.getInstance());
    }

    void emitted(Object element) {
      if (element instanceof CommittableEvent event) {
        emitted(event.committableOffset());
      } else if (element instanceof CommittableOffset offset) {
        emitted(offset);
      } else if (element instanceof PartitionEvent event) {
        PartitionContext context = event.getPartitionContext();
        count(
            new EventHubPartition(
                context.getFullyQualifiedNamespace(),
                context.getEventHubName(),
                context.getConsumerGroup(),
                context.getPartitionId()),
            event.getData().getSequenceNumber(),
            null);
      } else if (element instanceof Pair<?, ?> pair
          && pair.second() instanceof CommittableOffset offset) {
        emitted(offset);
      }
    }

    private void emitted(CommittableOffset offset) {
      count(offset.partition(), offset.sequenceNumber(), offset.epoch());
    }

    private synchronized void count(
        EventHubPartition partition, long sequenceNumber, @Nullable PartitionEpoch epoch) {
      Emitted before = emitted.get(partition);
      emitted.put(
          partition, new Emitted(sequenceNumber, epoch, before == null ? 1 : before.count() + 1));
    }

    @Override
    public Optional<RestartHold> restartHold() {
      return Optional.of(new NothingToHold());
    }

    @Override
    public CompletionStage<Done> stop() {
      commands.accept(Command.STOP);
      return isShutdown();
    }

    @Override
    public CompletionStage<Done> shutdown() {
      return stop();
    }

    @Override
    public <S> CompletionStage<S> drainAndShutdown(CompletionStage<S> streamCompletion) {
      return stop().thenCompose(stopped -> Draining.within(streamCompletion));
    }

    @Override
    public CompletionStage<Done> isShutdown() {
      return ended.minimalCompletionStage();
    }

    @Override
    public void pause() {
      commands.accept(Command.PAUSE);
    }

    @Override
    public void resume() {
      commands.accept(Command.RESUME);
    }

    @Override
    public synchronized ConsumerStatus status() {
      Map<String, PartitionStatus> partitions = new TreeMap<>();
      emitted.forEach(
          (partition, last) -> partitions.put(partition.partitionId(), status(partition, last)));
      return new ConsumerStatus(partitions);
    }

    private PartitionStatus status(EventHubPartition partition, Emitted last) {
      RecordedEpoch epoch = last.epoch() instanceof RecordedEpoch recorded ? recorded : null;
      OptionalLong position = OptionalLong.of(last.sequenceNumber());
      OptionalLong acknowledged = epoch == null ? OptionalLong.empty() : epoch.acknowledgedNumber();
      return new PartitionStatus(
          partition,
          state(epoch),
          "",
          position,
          position,
          acknowledged,
          epoch == null ? OptionalLong.empty() : epoch.storedNumber(),
          position,
          epoch == null ? 0 : inFlight(last, acknowledged),
          Optional.empty(),
          Optional.empty(),
          AcknowledgementFigures.NONE);
    }

    private OwnerState state(@Nullable RecordedEpoch epoch) {
      if (epoch != null && epoch.isOver()) {
        return OwnerState.LOST;
      }
      if (ended.isDone()) {
        return OwnerState.RELEASED;
      }
      return epoch != null && epoch.isDraining() ? OwnerState.DRAINING : OwnerState.RUNNING;
    }

    /** Sequence numbers without gaps are assumed, as {@link CommittablePublisher} gives them. */
    private static long inFlight(Emitted last, OptionalLong acknowledged) {
      return acknowledged.isEmpty()
          ? last.count()
          : Math.min(last.count(), Math.max(0, last.sequenceNumber() - acknowledged.getAsLong()));
    }
  }
}
