// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import io.github.pekkoeventhubs.TrackedEvent;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Tracks acknowledgements that each include all earlier events: the highest one is the position.
 * Nothing is allocated per event, and nothing is locked.
 *
 * <p>Events are counted by the distance of their sequence numbers, within runs that have no holes.
 * There is one run unless the service has skipped numbers.
 */
final class OrderedTracker implements AcknowledgementTracker {

  /**
   * Events with consecutive sequence numbers.
   *
   * @param first the sequence number of the first of them
   * @param emittedBefore how many events were emitted before it
   * @param earlier the run before, if some of it may be unacknowledged
   */
  private record Run(long first, long emittedBefore, @Nullable Run earlier) {

    long emittedUpTo(long sequenceNumber) {
      return emittedBefore + (sequenceNumber - first) + 1;
    }
  }

  private final AcknowledgedPosition start;
  private final int maxUncommitted;
  private final EmissionMark mark = new EmissionMark();
  private final AtomicReference<@Nullable TrackedEvent> highest = new AtomicReference<>();

  /** Written by the emitting thread only, which writes the run before the number. */
  private final AtomicLong lastEmitted;

  private volatile @Nullable Run newestRun;

  OrderedTracker(AcknowledgedPosition start, int maxUncommitted) {
    this.start = start;
    this.maxUncommitted = maxUncommitted;
    this.lastEmitted = new AtomicLong(start.sequenceNumber());
  }

  @Override
  public boolean emitting(TrackedEvent offset, long nanoTime) {
    long sequenceNumber = offset.sequenceNumber();
    long previous = lastEmitted.getPlain();
    if (sequenceNumber <= previous) {
      throw new IllegalArgumentException(
          "event " + sequenceNumber + " cannot be emitted after event " + previous);
    }
    long acknowledged = acknowledgedSequenceNumber();
    Run run = newestRun;
    if (run == null || sequenceNumber != previous + 1) {
      newestRun = nextRun(run, sequenceNumber, previous, acknowledged);
    }
    mark.emitted(sequenceNumber, acknowledged, nanoTime);
    lastEmitted.setRelease(sequenceNumber);
    return true;
  }

  private static Run nextRun(
      @Nullable Run newest, long sequenceNumber, long previous, long acknowledged) {
    if (newest == null) {
      return new Run(sequenceNumber, 0, null);
    }
    long emittedBefore = newest.emittedUpTo(previous);
    if (acknowledged >= previous) {
      return new Run(sequenceNumber, emittedBefore, null);
    }
    Run kept =
        acknowledged >= newest.first()
            ? new Run(newest.first(), newest.emittedBefore(), null)
            : newest;
    return new Run(sequenceNumber, emittedBefore, kept);
  }

  @Override
  public boolean acknowledge(TrackedEvent offset) {
    long sequenceNumber = offset.sequenceNumber();
    TrackedEvent present = highest.get();
    while (sequenceNumber > (present == null ? start.sequenceNumber() : present.sequenceNumber())) {
      if (highest.compareAndSet(present, offset)) {
        return true;
      }
      present = highest.get();
    }
    return false;
  }

  @Override
  public AcknowledgedPosition acknowledged() {
    TrackedEvent offset = highest.get();
    return offset == null
        ? start
        : new AcknowledgedPosition(offset.sequenceNumber(), offset.offset(), offset.metadata(), "");
  }

  @Override
  public long acknowledgedSequenceNumber() {
    TrackedEvent offset = highest.get();
    return offset == null ? start.sequenceNumber() : offset.sequenceNumber();
  }

  @Override
  public long emittedSequenceNumber() {
    return lastEmitted.get();
  }

  @Override
  public long unacknowledged() {
    // The number is read first: then its run, or a later one, is seen, too.
    long emitted = lastEmitted.get();
    Run run = newestRun;
    long acknowledged = acknowledgedSequenceNumber();
    if (run == null || acknowledged >= emitted) {
      return 0;
    }
    long emittedCount = emitted < run.first() ? run.emittedBefore() : run.emittedUpTo(emitted);
    long notAfter = emittedCount;
    while (acknowledged < run.first()) {
      notAfter = run.emittedBefore();
      Run earlier = run.earlier();
      if (earlier == null) {
        return emittedCount - notAfter;
      }
      run = earlier;
    }
    return emittedCount - Math.min(notAfter, run.emittedUpTo(acknowledged));
  }

  @Override
  public long acknowledgedAhead() {
    return 0;
  }

  @Override
  public long room() {
    return maxUncommitted - unacknowledged();
  }

  @Override
  public Duration oldestUnacknowledgedAge(long nanoTime) {
    long emittedAt = mark.time();
    return acknowledgedSequenceNumber() >= lastEmitted.get()
        ? Duration.ZERO
        : Duration.ofNanos(Math.max(0, nanoTime - emittedAt));
  }
}
