// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.TrackedEvent;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Tracks acknowledgements that come in any order: the position is the last event of the unbroken
 * run of acknowledged ones.
 *
 * <p>The events after that run are kept in a ring in the order of their emission; the ring grows up
 * to the window. A bit for each event says whether it is acknowledged. The place of an event in the
 * ring follows from its sequence number. If the numbers have no holes, this place is exact; else a
 * binary search between two bounds finds it. Each acknowledgement moves the start of the ring past
 * all events that have become contiguous: constant time on average.
 *
 * <p>The stored position may have a gap map, which names finished events that are still to be read
 * again. Its entries are kept until those events have been read, and are part of each new gap map
 * until then. All state is guarded by one lock, which is held for nanoseconds, and for microseconds
 * while a gap map is made; only {@link #room} does not take it.
 */
final class UnorderedTracker implements AcknowledgementTracker {

  /** The largest number of events that fits into the longest gap map, one bit each. */
  static final int LARGEST_WINDOW = 30_000;

  /** The longest gap map. */
  static final int MAX_GAP_MAP_CHARACTERS = 5 * 1024;

  /**
   * The characters that user metadata and gap map may take together. A blob's metadata are limited
   * to 8 KiB, and the entries of the checkpoint itself need a part of them.
   */
  private static final int MAX_CHARACTERS = 7 * 1024;

  private static final int FIRST_CAPACITY = 64;

  private final Object lock = new Object();
  private final int window;
  private final EmissionMark mark = new EmissionMark();

  /** The ring: its length is a power of two, and an event's slot is its number modulo length. */
  private @Nullable TrackedEvent[] events = new TrackedEvent[FIRST_CAPACITY];

  private long[] acknowledgedBits = new long[FIRST_CAPACITY / Long.SIZE];

  /** Numbers the events in the order of emission: the first in the ring. */
  private long head;

  /** Numbers the events in the order of emission: the next to be emitted. */
  private long tail;

  private int unacknowledged;
  private long lastEmitted;
  private final AcknowledgedPosition start;
  private @Nullable TrackedEvent contiguous;

  /** The events that the stored gap map names as finished and that are still to be read. */
  private final SequenceRanges finishedAhead;

  private final boolean ignoresGapMap;

  private volatile int room;

  UnorderedTracker(AcknowledgedPosition start, int maxUncommitted) {
    this.window = Math.min(maxUncommitted, LARGEST_WINDOW);
    this.room = window;
    this.lastEmitted = start.sequenceNumber();
    this.start = start;
    this.finishedAhead = GapMap.decode(start.sequenceNumber(), start.offset(), start.gapMap());
    this.ignoresGapMap = finishedAhead.isEmpty() && !start.gapMap().isEmpty();
  }

  @Override
  public boolean ignoresGapMap() {
    return ignoresGapMap;
  }

  @Override
  public boolean emitting(TrackedEvent event, long nanoTime) {
    long sequenceNumber = event.sequenceNumber();
    synchronized (lock) {
      if (sequenceNumber <= lastEmitted) {
        throw new IllegalArgumentException(
            "event " + sequenceNumber + " cannot be emitted after event " + lastEmitted);
      }
      lastEmitted = sequenceNumber;
      boolean finished = finishedAhead.removeUpTo(sequenceNumber);
      if (finished && head == tail) {
        contiguous = event;
        return false;
      }
      if (tail - head == events.length) {
        grow();
      }
      int slot = slot(tail);
      events[slot] = event;
      tail++;
      if (finished) {
        setAcknowledged(slot);
      } else {
        clearAcknowledged(slot);
        unacknowledged++;
        mark.emitted(sequenceNumber, contiguousSequenceNumber(), nanoTime);
      }
      room = roomInRing();
      return !finished;
    }
  }

  @Override
  public boolean acknowledge(TrackedEvent event) {
    synchronized (lock) {
      long number = find(event.sequenceNumber());
      if (number < 0 || isAcknowledged(slot(number))) {
        return false;
      }
      int slot = slot(number);
      // This one may carry metadata, which the emitted one does not.
      events[slot] = event;
      setAcknowledged(slot);
      unacknowledged--;
      if (number == head) {
        advance();
      }
      return true;
    }
  }

  @Override
  public long newlyAcknowledged(TrackedEvent event, long counted) {
    return counted;
  }

  @Override
  public boolean skip(TrackedEvent event) {
    return acknowledge(event);
  }

  private void advance() {
    while (head < tail && isAcknowledged(slot(head))) {
      int slot = slot(head);
      contiguous = events[slot];
      events[slot] = null;
      head++;
    }
    room = roomInRing();
  }

  /** The number of the event in the ring, or -1 if it is not there. */
  private long find(long sequenceNumber) {
    if (head == tail) {
      return -1;
    }
    // Numbers rise by at least one from event to event: that bounds an event's place from both
    // ends.
    long low = Math.max(head, tail - 1 - (sequenceNumberAt(tail - 1) - sequenceNumber));
    long high = Math.min(tail - 1, head + (sequenceNumber - sequenceNumberAt(head)));
    while (low <= high) {
      long middle = (low + high) >>> 1;
      long found = sequenceNumberAt(middle);
      if (found == sequenceNumber) {
        return middle;
      }
      if (found < sequenceNumber) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return -1;
  }

  private long sequenceNumberAt(long number) {
    TrackedEvent event = events[slot(number)];
    if (event == null) {
      throw new IllegalStateException("no event at " + number + " of " + head + " to " + tail);
    }
    return event.sequenceNumber();
  }

  private int roomInRing() {
    return (int) (window - (tail - head));
  }

  private int slot(long number) {
    return (int) (number & (events.length - 1));
  }

  private boolean isAcknowledged(int slot) {
    return (acknowledgedBits[slot >> 6] & (1L << slot)) != 0;
  }

  private void setAcknowledged(int slot) {
    acknowledgedBits[slot >> 6] |= 1L << slot;
  }

  private void clearAcknowledged(int slot) {
    acknowledgedBits[slot >> 6] &= ~(1L << slot);
  }

  private void grow() {
    @Nullable TrackedEvent[] previousEvents = events;
    long[] previousBits = acknowledgedBits;
    int previousLength = previousEvents.length;
    events = new TrackedEvent[previousLength * 2];
    acknowledgedBits = new long[previousBits.length * 2];
    for (long number = head; number < tail; number++) {
      int from = (int) (number & (previousLength - 1));
      events[slot(number)] = previousEvents[from];
      if ((previousBits[from >> 6] & (1L << from)) != 0) {
        setAcknowledged(slot(number));
      }
    }
  }

  @Override
  public AcknowledgedPosition acknowledged() {
    synchronized (lock) {
      long sequenceNumber = contiguousSequenceNumber();
      String offset = contiguous == null ? start.offset() : contiguous.offset();
      Map<String, String> metadata = contiguous == null ? start.metadata() : contiguous.metadata();
      String gapMap =
          sequenceNumber == SequenceNumbers.UNKNOWN
              ? ""
              : GapMap.encode(sequenceNumber, offset, finished(), gapMapCharacters(metadata));
      return new AcknowledgedPosition(sequenceNumber, offset, metadata, gapMap);
    }
  }

  private static int gapMapCharacters(Map<String, String> metadata) {
    int taken = 0;
    for (Map.Entry<String, String> entry : metadata.entrySet()) {
      taken += entry.getKey().length() + entry.getValue().length();
    }
    return Math.min(MAX_GAP_MAP_CHARACTERS, MAX_CHARACTERS - taken);
  }

  /** Holes between two finished events count as finished: they will not be seen again either. */
  private SequenceRanges finished() {
    SequenceRanges ranges = new SequenceRanges();
    long number = head;
    while (number < tail) {
      if (!isAcknowledged(slot(number))) {
        number++;
        continue;
      }
      long first = sequenceNumberAt(number);
      while (number + 1 < tail && isAcknowledged(slot(number + 1))) {
        number++;
      }
      ranges.append(first, sequenceNumberAt(number));
      number++;
    }
    ranges.appendAll(finishedAhead);
    return ranges;
  }

  private long contiguousSequenceNumber() {
    return contiguous == null ? start.sequenceNumber() : contiguous.sequenceNumber();
  }

  @Override
  public long acknowledgedSequenceNumber() {
    synchronized (lock) {
      return contiguousSequenceNumber();
    }
  }

  @Override
  public long emittedSequenceNumber() {
    synchronized (lock) {
      return lastEmitted;
    }
  }

  @Override
  public long unacknowledged() {
    synchronized (lock) {
      return unacknowledged;
    }
  }

  @Override
  public long acknowledgedAhead() {
    synchronized (lock) {
      return tail - head - unacknowledged;
    }
  }

  @Override
  public int bound() {
    return window;
  }

  @Override
  public long room() {
    return room;
  }

  @Override
  public Duration oldestUnacknowledgedAge(long nanoTime) {
    synchronized (lock) {
      return unacknowledged == 0
          ? Duration.ZERO
          : Duration.ofNanos(Math.max(0, nanoTime - mark.time()));
    }
  }
}
