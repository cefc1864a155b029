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

  /** Events with consecutive sequence numbers. */
  private static final class Run {
    private final long first;
    private final long emittedBefore;

    /** The run before, if some of it may be unacknowledged. */
    private volatile @Nullable Run earlier;

    /** The run after. For the emitting thread alone. */
    private @Nullable Run later;

    /**
     * @param first the sequence number of the first of them
     * @param emittedBefore how many events were emitted before it
     */
    Run(long first, long emittedBefore) {
      this.first = first;
      this.emittedBefore = emittedBefore;
    }

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

  /** The first run that is kept. For the emitting thread alone. */
  private @Nullable Run oldestRun;

  /** Guarded by itself. */
  private final SkippedEvents skipped = new SkippedEvents();

  /**
   * Whether there are skipped events. A thread that skips sets this before it reads the highest
   * acknowledgement, and a thread that acknowledges reads it afterwards: one of the two sees the
   * other.
   */
  private volatile boolean hasSkipped;

  OrderedTracker(AcknowledgedPosition start, int maxUncommitted) {
    this.start = start;
    this.maxUncommitted = maxUncommitted;
    this.lastEmitted = new AtomicLong(start.sequenceNumber());
  }

  @Override
  public boolean emitting(TrackedEvent event, long nanoTime) {
    long sequenceNumber = event.sequenceNumber();
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

  private Run nextRun(@Nullable Run newest, long sequenceNumber, long previous, long acknowledged) {
    Run next = new Run(sequenceNumber, newest == null ? 0 : newest.emittedUpTo(previous));
    if (newest == null || acknowledged >= previous) {
      oldestRun = next;
      return next;
    }
    next.earlier = newest;
    newest.later = next;
    oldestRun = forgetAcknowledged(oldestRun == null ? newest : oldestRun, acknowledged);
    return next;
  }

  /**
   * Forgets the runs before the one that holds the position, so that holes cost no memory while
   * acknowledgements lag behind.
   *
   * @return the first run that is kept
   */
  private static Run forgetAcknowledged(Run oldest, long acknowledged) {
    Run kept = oldest;
    Run later = kept.later;
    while (later != null && later.first <= acknowledged) {
      kept = later;
      later = kept.later;
    }
    kept.earlier = null;
    return kept;
  }

  @Override
  public boolean acknowledge(TrackedEvent event) {
    boolean raised = raise(event);
    if (raised && hasSkipped) {
      synchronized (skipped) {
        passSkipped();
      }
    }
    return raised;
  }

  private boolean raise(TrackedEvent event) {
    long sequenceNumber = event.sequenceNumber();
    TrackedEvent present = highest.get();
    while (sequenceNumber > (present == null ? start.sequenceNumber() : present.sequenceNumber())) {
      if (highest.compareAndSet(present, event)) {
        return true;
      }
      present = highest.get();
    }
    return false;
  }

  @Override
  public boolean skip(TrackedEvent event) {
    synchronized (skipped) {
      hasSkipped = true;
      TrackedEvent before = highest.get();
      skipped.add(emittedUpTo(event.sequenceNumber()), event);
      passSkipped();
      return highest.get() != before;
    }
  }

  /**
   * Moves the position past the skipped events that follow it. To be called under the lock.
   *
   * @return how many events were emitted up to the position that was seen last
   */
  private long passSkipped() {
    while (true) {
      long acknowledged = emittedUpTo(acknowledgedSequenceNumber());
      TrackedEvent next = skipped.takeAfter(acknowledged);
      if (next == null) {
        hasSkipped = skipped.count() > 0;
        return acknowledged;
      }
      raise(next);
    }
  }

  @Override
  public AcknowledgedPosition acknowledged() {
    TrackedEvent event = highest.get();
    return event == null
        ? start
        : new AcknowledgedPosition(event.sequenceNumber(), event.offset(), event.metadata(), "");
  }

  @Override
  public long acknowledgedSequenceNumber() {
    TrackedEvent event = highest.get();
    return event == null ? start.sequenceNumber() : event.sequenceNumber();
  }

  @Override
  public long emittedSequenceNumber() {
    return lastEmitted.get();
  }

  @Override
  public long newlyAcknowledged(TrackedEvent event, long counted) {
    long sequenceNumber = event.sequenceNumber();
    long acknowledged = acknowledgedSequenceNumber();
    return sequenceNumber <= acknowledged
        ? 0
        : Math.max(0, emittedUpTo(sequenceNumber) - emittedUpTo(acknowledged));
  }

  @Override
  public long unacknowledged() {
    if (hasSkipped) {
      synchronized (skipped) {
        // The events emitted meanwhile are counted, rather than too few.
        long acknowledged = passSkipped();
        return emittedUpTo(lastEmitted.get()) - acknowledged - skipped.count();
      }
    }
    // The number is read first: then its run, or a later one, is seen, too.
    long emitted = lastEmitted.get();
    long acknowledged = acknowledgedSequenceNumber();
    return acknowledged >= emitted ? 0 : emittedUpTo(emitted) - emittedUpTo(acknowledged);
  }

  /** How many events were emitted up to this sequence number, which may be that of no event. */
  private long emittedUpTo(long sequenceNumber) {
    Run run = newestRun;
    if (run == null) {
      return 0;
    }
    long bound = Long.MAX_VALUE;
    while (sequenceNumber < run.first) {
      bound = run.emittedBefore;
      Run earlier = run.earlier;
      if (earlier == null) {
        return bound;
      }
      run = earlier;
    }
    return Math.min(bound, run.emittedUpTo(sequenceNumber));
  }

  @Override
  public long acknowledgedAhead() {
    return 0;
  }

  @Override
  public int bound() {
    return maxUncommitted;
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
