// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import com.azure.messaging.eventhubs.models.EventPosition;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;

/**
 * Positions that an application keeps itself, usually in one transaction with its results. Its
 * functions are called for a position when a partition is assigned, and to store the position when
 * the partition is given up.
 *
 * <p>Immutable. Both functions are called on threads of the connector's pool, where they may block,
 * and for several partitions at once. A function that throws counts as one whose stage has failed.
 */
public final class PartitionPositions {

  private final Function<
          ? super Set<EventHubPartition>,
          ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
      onAssign;
  private final Function<? super Set<EventHubPartition>, ? extends CompletionStage<?>> onRevoke;

  private PartitionPositions(
      Function<
              ? super Set<EventHubPartition>,
              ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
          onAssign,
      Function<? super Set<EventHubPartition>, ? extends CompletionStage<?>> onRevoke) {
    this.onAssign = onAssign;
    this.onRevoke = onRevoke;
  }

  /**
   * Positions that {@code positionsOnAssign} knows. It is called whenever a partition has been
   * assigned, with a set of that partition, before the first event is read; partitions are assigned
   * independently of each other and concurrently. Where its answer has no position, the partition
   * starts at its checkpoint, if there is one, and else at the initial position. A sequence number
   * beyond the end of the partition is treated as a checkpoint there: {@code
   * continuity.on-invalid-checkpoint} decides, and by default the stream fails with an {@link
   * AnotherEventHubException}; events after it that the partition no longer has are reported as
   * {@code continuity.missed-events} says. Positions that are no numbers are not compared. If it
   * fails, the stream fails with an {@link EventHubsException} of that cause. It fails as well if
   * the stage has not completed within {@code ownership.validity} (105 s); the log warns when it
   * takes longer than {@code metadata-timeout} (10 s). The partition stays owned meanwhile. After
   * the user has ended the source of a partition that stays here it is not asked again: reading
   * goes on with the first unread event.
   */
  public static PartitionPositions of(
      Function<
              ? super Set<EventHubPartition>,
              ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
          positionsOnAssign) {
    return new PartitionPositions(
        Objects.requireNonNull(positionsOnAssign, "positionsOnAssign"),
        partitions -> CompletableFuture.completedFuture(Done.getInstance()));
  }

  /**
   * The same with a function that is called when a partition is being handed over and its last
   * event has been emitted: the time to store the last position. The hand-over waits for the stage
   * it returns, up to five eighths of {@code handover-timeout}; a failure is logged, and a warning
   * names a stage that has not completed in that time.
   *
   * <p>It is not called for a partition that was lost, which has another owner already (the
   * subscription's listener hears of that), nor for one that was given up before its last event
   * could be emitted, because the stream did not stop in that time; nor when the user has ended the
   * partition's source while the partition stays here.
   */
  public PartitionPositions withOnRevoke(
      Function<? super Set<EventHubPartition>, ? extends CompletionStage<?>> value) {
    return new PartitionPositions(onAssign, Objects.requireNonNull(value, "onRevoke"));
  }

  /** Called when partitions have been assigned; answers where they begin. */
  public Function<
          ? super Set<EventHubPartition>,
          ? extends CompletionStage<? extends Map<EventHubPartition, EventPosition>>>
      onAssign() {
    return onAssign;
  }

  /** Called when partitions are being given up. */
  public Function<? super Set<EventHubPartition>, ? extends CompletionStage<?>> onRevoke() {
    return onRevoke;
  }
}
