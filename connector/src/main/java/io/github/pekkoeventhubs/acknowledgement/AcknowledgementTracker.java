// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.TrackedEvent;
import java.time.Duration;
import org.apache.pekko.annotation.InternalApi;

/**
 * Follows the events of one partition during one epoch from emission to acknowledgement.
 *
 * <p>The source's stage calls {@link #emitting} for each event in the order of sequence numbers,
 * which may have holes (retention has removed events, or the service has): only emitted events
 * count. One thread at a time does that. {@link #acknowledge} and all queries may be called from
 * any thread. A query that starts after a call of {@code acknowledge} has returned sees its effect,
 * {@link #room} included: the state is written and read as volatile variables are.
 *
 * <p>The position of a tracker never goes back. When a partition is read again from its
 * acknowledged position, a new tracker starts from {@link #acknowledged()} of the old one.
 */
@InternalApi
public sealed interface AcknowledgementTracker permits OrderedTracker, UnorderedTracker {

  /**
   * A tracker that starts at a checkpoint.
   *
   * @param start the stored position; with unordered acknowledgement its gap map counts, unless it
   *     belongs to another position or is damaged
   * @param maxUncommitted the bound at which the tracker is full. Unordered tracking is full at
   *     {@value UnorderedTracker#LARGEST_WINDOW} events even if this is larger, since its gap map
   *     has to fit beside the checkpoint
   */
  static AcknowledgementTracker create(
      Acknowledgement acknowledgement, AcknowledgedPosition start, int maxUncommitted) {
    return switch (acknowledgement) {
      case ORDERED -> new OrderedTracker(start, maxUncommitted);
      case UNORDERED -> new UnorderedTracker(start, maxUncommitted);
    };
  }

  /**
   * Whether the checkpoint has a gap map that was not used: it was written for another one, or is
   * damaged.
   */
  default boolean ignoresGapMap() {
    return false;
  }

  /**
   * To be called before an event is emitted.
   *
   * @param nanoTime the monotonic time of the emission; may be coarse
   * @return false if the event was finished before the restart: it must not be emitted, and counts
   *     as acknowledged
   * @throws IllegalArgumentException if the sequence number is not higher than that of the last
   *     event
   */
  boolean emitting(TrackedEvent event, long nanoTime);

  /**
   * Records an acknowledgement. A repeated one, or one for an event that was not emitted here,
   * changes nothing.
   *
   * @return whether {@link #acknowledged()} has changed, so that there is something to store
   */
  boolean acknowledge(TrackedEvent event);

  /**
   * How many emitted events an acknowledgement of this one would acknowledge that are not yet.
   *
   * @param counted how many events the caller counts; the answer where the events are independent
   */
  long newlyAcknowledged(TrackedEvent event, long counted);

  /**
   * Records that this event needs no acknowledgement. Unlike an acknowledgement this says nothing
   * of earlier events: the position passes the event when all earlier ones are finished.
   *
   * @return whether {@link #acknowledged()} has changed, so that there is something to store
   */
  boolean skip(TrackedEvent event);

  /** Returns the checkpoint that should be stored now. */
  AcknowledgedPosition acknowledged();

  /** The sequence number of {@link #acknowledged()}, without the cost of the whole. */
  long acknowledgedSequenceNumber();

  /** The sequence number of the last event that was emitted; that of the start before the first. */
  long emittedSequenceNumber();

  /** How many events are emitted and not acknowledged; 0 means that a drain is finished. */
  long unacknowledged();

  /**
   * How many events are acknowledged beyond {@link #acknowledged()}; 0 where that is the highest.
   */
  long acknowledgedAhead();

  /**
   * How many events the source may still emit from this partition for now. It is the bound less the
   * events that wait for their acknowledgement and, with unordered acknowledgement, all events
   * after the first of these; 0 or less if the bound is reached. Only {@link #emitting} lowers it.
   */
  long room();

  /** The bound at which the tracker is full. */
  int bound();

  /** Whether there is no {@link #room}. */
  default boolean isFull() {
    return room() <= 0;
  }

  /**
   * For how long the oldest unacknowledged event has been waiting, counted from its emission; zero
   * if none is. Accurate to the time that one acknowledgement takes while the stream is healthy.
   *
   * @param nanoTime the monotonic time now
   */
  Duration oldestUnacknowledgedAge(long nanoTime);
}
