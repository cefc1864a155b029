// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.stream.stage.AsyncCallback;
import org.jspecify.annotations.Nullable;

/**
 * All partitions of a stream in one stage, which emits some events of each partition in turn. One
 * stage for all partitions is several times cheaper than merging a source per partition.
 *
 * @param <T> what is emitted
 */
@InternalApi
public final class MergedSource<T> extends ConsumerSource<T> {

  private final Elements<T> elements;

  private MergedSource(
      String name,
      ConsumerSettings settings,
      Subscription subscription,
      Elements<T> elements,
      PlacementChoice placements) {
    super(name, settings, subscription, elements.committable(), Optional.empty(), placements);
    this.elements = elements;
  }

  /** A source of events with their offsets. */
  public static MergedSource<CommittableEvent> committable(
      ConsumerSettings settings, Subscription subscription) {
    return committable(settings, subscription, SubscribedPlacement::choose);
  }

  static MergedSource<CommittableEvent> committable(
      ConsumerSettings settings, Subscription subscription, PlacementChoice placements) {
    return new MergedSource<>(
        "EventHubs.committableSource", settings, subscription, Elements.acknowledged(), placements);
  }

  /** A source of events that are not acknowledged. */
  public static MergedSource<PartitionEvent> plain(
      ConsumerSettings settings, Subscription subscription) {
    return new MergedSource<>(
        "EventHubs.plainSource",
        settings,
        subscription,
        Elements.plain(),
        SubscribedPlacement::choose);
  }

  @Override
  boolean canEnd() {
    return true;
  }

  @Override
  Logic createLogic() {
    return new MergedLogic();
  }

  private final class MergedLogic extends Logic {

    private final List<PartitionIntake> intakes = new ArrayList<>();
    private final StageSignal signal;
    private int turn;

    MergedLogic() {
      AsyncCallback<Done> wake = onStagesThread(done -> emitIfWanted());
      signal = new StageSignal(() -> wake.invoke(Done.getInstance()));
    }

    @Override
    void pulled() {
      T element = next();
      if (element == null) {
        if (signal.arm()) {
          intakes.forEach(PartitionIntake::beforeWait);
        }
        // An event that arrived between the check and arm() has woken nobody: check again.
        element = next();
        if (element == null) {
          if (isFinished()) {
            completeStage();
          }
          return;
        }
        signal.disarm();
      }
      push(outlet(), element);
    }

    private void emitIfWanted() {
      if (isAvailable(outlet())) {
        pulled();
      }
    }

    private @Nullable T next() {
      int partitions = intakes.size();
      // One more check than there are partitions: the partition whose turn has ended gets another
      // turn.
      for (int looked = 0; looked <= partitions && partitions > 0; looked++) {
        T element = elements.next(intakes.get(turn));
        if (element != null) {
          return element;
        }
        turn = turn + 1 == partitions ? 0 : turn + 1;
        intakes.get(turn).beginTurn();
      }
      return null;
    }

    @Override
    void begin(PartitionIntake intake) {
      intake.emitTo(signal);
      intake.beginTurn();
      intakes.add(intake);
      emitIfWanted();
    }

    @Override
    void finish(PartitionIntake intake) {
      int index = intakes.indexOf(intake);
      if (index >= 0) {
        intakes.remove(index);
        if (turn > index || turn == intakes.size()) {
          turn = turn == 0 ? 0 : turn - 1;
        }
        if (!intakes.isEmpty()) {
          intakes.get(turn).beginTurn();
        }
      }
      intake.stopped();
    }

    @Override
    void stopAll() {
      intakes.forEach(PartitionIntake::stopped);
      intakes.clear();
    }
  }
}
