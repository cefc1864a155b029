// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.CommittableEvent;
import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionPositions;
import io.github.pekkoeventhubs.Subscription;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import org.apache.pekko.NotUsed;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;

/**
 * A source of sources: each partition is emitted with a source of its own when it is assigned,
 * which completes when the partition is given up.
 *
 * @param <T> what the partitions' sources emit
 */
@InternalApi
public final class PartitionedSource<T>
    extends ConsumerSource<Pair<EventHubPartition, Source<T, NotUsed>>> {

  private final Elements<T> elements;

  private PartitionedSource(
      String name,
      ConsumerSettings settings,
      Subscription subscription,
      Elements<T> elements,
      Optional<ManualPositions> manualPositions,
      PlacementChoice placements) {
    super(name, settings, subscription, elements.committable(), manualPositions, placements);
    this.elements = elements;
  }

  /** Events with their offsets. */
  public static PartitionedSource<CommittableEvent> committable(
      ConsumerSettings settings, Subscription subscription) {
    return committable(settings, subscription, SubscribedPlacement::choose);
  }

  static PartitionedSource<CommittableEvent> committable(
      ConsumerSettings settings, Subscription subscription, PlacementChoice placements) {
    return new PartitionedSource<>(
        "EventHubs.committablePartitionedSource",
        settings,
        subscription,
        Elements.acknowledged(),
        Optional.empty(),
        placements);
  }

  /** Events with their offsets, from positions that the user keeps. */
  public static PartitionedSource<CommittableEvent> committableFrom(
      ConsumerSettings settings, Subscription subscription, PartitionPositions positions) {
    return new PartitionedSource<>(
        "EventHubs.committablePartitionedManualOffsetSource",
        settings,
        subscription,
        Elements.acknowledged(),
        Optional.of(new ManualPositions(positions)),
        SubscribedPlacement::choose);
  }

  /** Events that are not acknowledged. */
  public static PartitionedSource<PartitionEvent> plain(
      ConsumerSettings settings, Subscription subscription) {
    return new PartitionedSource<>(
        "EventHubs.plainPartitionedSource",
        settings,
        subscription,
        Elements.plain(),
        Optional.empty(),
        SubscribedPlacement::choose);
  }

  /** Events that are not acknowledged, from positions that the user keeps. */
  public static PartitionedSource<PartitionEvent> plainFrom(
      ConsumerSettings settings, Subscription subscription, PartitionPositions positions) {
    return new PartitionedSource<>(
        "EventHubs.plainPartitionedManualOffsetSource",
        settings,
        subscription,
        Elements.plain(),
        Optional.of(new ManualPositions(positions)),
        SubscribedPlacement::choose);
  }

  @Override
  Logic createLogic() {
    return new PartitionedLogic();
  }

  private final class PartitionedLogic extends Logic {

    private final SharedTimer delays = new SharedTimer(OwnThreads::soon);
    private final Queue<SinglePartitionSource<T>> waiting = new ArrayDeque<>();
    private final Queue<SinglePartitionSource<T>> emitted = new ArrayDeque<>();

    @Override
    void pulled() {
      SinglePartitionSource<T> next = waiting.poll();
      if (next != null) {
        emitted.add(next);
        push(outlet(), Pair.create(next.partition(), Source.fromGraph(next)));
      }
    }

    @Override
    void begin(PartitionIntake intake) {
      waiting.add(new SinglePartitionSource<>(intake, elements, delays));
      if (isAvailable(outlet())) {
        pulled();
      }
    }

    @Override
    void finish(PartitionIntake intake) {
      waiting.removeIf(source -> source.closeIfOf(intake));
      emitted.removeIf(source -> source.closeIfOf(intake));
    }

    /** No partition's source outlives this one. */
    @Override
    void stopAll() {
      waiting.forEach(SinglePartitionSource::close);
      emitted.forEach(SinglePartitionSource::close);
    }
  }
}
