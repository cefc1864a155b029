// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.annotation.InternalApi;

/**
 * One partition during one epoch of its ownership, as offsets and committers see it: it takes
 * acknowledgements, and stores the acknowledged position. The connector implements it, and the
 * testkit for tests of user streams; it is not part of the API.
 *
 * <p>All methods may be called from any thread.
 */
@InternalApi
public interface PartitionEpoch {

  /** The partition. */
  EventHubPartition partition();

  /** Grows with each epoch that begins in this process: of two epochs the higher is the newer. */
  long number();

  /**
   * The number of this epoch among all epochs of the partition, in all processes: higher than those
   * before. Empty without a claim that fences.
   */
  default OptionalLong fencingToken() {
    return OptionalLong.empty();
  }

  /** In which order acknowledgements may come. */
  Acknowledgement acknowledgement();

  /**
   * Records that the user's stream has finished this event; with {@link Acknowledgement#ORDERED}
   * also all earlier ones. Stores nothing by itself. Does nothing once the epoch is over.
   */
  void acknowledge(TrackedEvent event);

  /**
   * How many events {@link #acknowledge} would acknowledge now that are not acknowledged yet: with
   * {@link Acknowledgement#ORDERED} also the earlier ones, whether or not their offsets ever reach
   * a committer.
   *
   * @param counted how many events the caller counts; the answer of an epoch that does not know
   */
  default long newlyAcknowledged(TrackedEvent event, long counted) {
    return counted;
  }

  /**
   * Records, and counts, that the user does not process this event on purpose, so that it needs no
   * acknowledgement. Unlike {@link #acknowledge} this says nothing of earlier events, in either
   * order. Does nothing once the epoch is over.
   */
  default void skipped(TrackedEvent event) {
    if (acknowledgement() == Acknowledgement.UNORDERED) {
      acknowledge(event);
    }
  }

  /** How many events the source emits at most before one of them has to be acknowledged. */
  default int maxUncommitted() {
    return Integer.MAX_VALUE;
  }

  /** Counts events whose acknowledgement came to a committer after the end of the epoch. */
  default void dropped(long events) {}

  /**
   * Stores what has been acknowledged up to now; at most one write per partition is under way, and
   * calls made meanwhile share the next one. Completes when the store holds it, with {@link
   * CommitOutcome#DROPPED_NOT_OWNER} when the epoch is over, and fails with {@link
   * CheckpointWriteException} when the store keeps refusing.
   */
  CompletionStage<CommitOutcome> flush();

  /** The owner is giving the partition up: store each acknowledgement at once. */
  boolean isDraining();

  /** The epoch is over: nothing of it can be stored any more. */
  boolean isOver();

  /**
   * A committer has seen the first offset of this epoch. The epoch calls {@code onDraining}, on any
   * thread, when draining begins (at once if it has begun), and when the epoch is over.
   */
  void committerJoined(Object committer, Runnable onDraining);

  /**
   * A committer that had joined will see no further offset, since its stream has completed, failed
   * or was cancelled. When every committer has left, a drain need not wait any longer.
   */
  void committerLeft(Object committer);

  /**
   * Committed events are still to be emitted: a drain waits until {@link #releaseDrain}, even if
   * everything is acknowledged.
   */
  default void holdDrain() {}

  /** Takes one {@link #holdDrain} back. */
  default void releaseDrain() {}
}
