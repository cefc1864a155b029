// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.DurationRecorder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Times a sample of the events of one epoch from their emission to their acknowledgement: one at a
 * time, and no more than one in a millisecond. So nothing is kept for the others, and they pay for
 * one look at a number.
 *
 * <p>One thread emits, and any thread acknowledges.
 */
final class ProcessTimes {

  private static final long NOTHING = Long.MAX_VALUE;
  private static final long PAUSE = Duration.ofMillis(1).toNanos();

  private final boolean ordered;
  private final DurationRecorder times;
  private final LongSupplier nanoTime;

  /** The sequence number of the event that is timed. The emitting thread alone sets an event. */
  private final AtomicLong timed = new AtomicLong(NOTHING);

  /** Written before the event is, and read after it. */
  private long since;

  /** The coarse time of the last choice; for the emitting thread alone. */
  private long chosenAt;

  private boolean hasChosen;

  /**
   * @param ordered whether an acknowledgement stands for all earlier events, too
   */
  ProcessTimes(boolean ordered, DurationRecorder times, LongSupplier nanoTime) {
    this.ordered = ordered;
    this.times = times;
    this.nanoTime = nanoTime;
  }

  /**
   * An event is about to be emitted.
   *
   * @param coarseTime the monotonic time, or not long before it
   */
  void emitting(long sequenceNumber, long coarseTime) {
    if (timed.get() == NOTHING && (!hasChosen || coarseTime - chosenAt >= PAUSE)) {
      hasChosen = true;
      chosenAt = coarseTime;
      since = nanoTime.getAsLong();
      timed.set(sequenceNumber);
    }
  }

  void acknowledged(long sequenceNumber) {
    long event = timed.get();
    if (ordered ? sequenceNumber < event : sequenceNumber != event) {
      return;
    }
    long start = since;
    if (event != NOTHING && timed.compareAndSet(event, NOTHING)) {
      times.took(nanoTime.getAsLong() - start);
    }
  }

  /** The event was left unprocessed on purpose: another one is timed instead. */
  void skipped(long sequenceNumber) {
    timed.compareAndSet(sequenceNumber, NOTHING);
  }
}
