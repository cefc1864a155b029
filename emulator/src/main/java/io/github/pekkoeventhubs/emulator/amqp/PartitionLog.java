// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * The events of one partition in a ring that grows, so that removing old ones costs nothing per
 * remaining event. Sequence numbers have no gaps: the one of an event is also its index.
 */
final class PartitionLog {
  private final OffsetFormat offsetFormat;
  private final Clock clock;
  private final @Nullable PartitionFile file;
  private Retention retention;

  private @Nullable LogEntry[] ring = new LogEntry[64];
  private long firstSequenceNumber;
  private long nextSequenceNumber;
  private long nextPosition;

  /** Stays when retention has removed the event itself. */
  private @Nullable LogEntry last;

  PartitionLog(OffsetFormat offsetFormat, Clock clock, Retention retention) {
    this(offsetFormat, clock, retention, null);
  }

  /**
   * @param path where the events are kept, and those of an earlier process found; null for nowhere
   */
  PartitionLog(OffsetFormat offsetFormat, Clock clock, Retention retention, @Nullable Path path) {
    this.offsetFormat = offsetFormat;
    this.clock = clock;
    this.retention = retention;
    this.file = path == null ? null : PartitionFile.open(path, offsetFormat, this::restore);
    expire();
  }

  private void restore(LogEntry entry) {
    if (isEmpty()) {
      firstSequenceNumber = entry.sequenceNumber();
      nextSequenceNumber = firstSequenceNumber;
    }
    add(entry);
  }

  /** Closes the file and forgets what is in it. */
  void discard() {
    if (file != null) {
      file.clear();
      file.close();
    }
  }

  void close() {
    if (file != null) {
      file.close();
    }
  }

  /**
   * Stores a message.
   *
   * @param partitionKey given to the event if it carries none itself
   */
  LogEntry append(byte[] source, int from, int to, @Nullable String partitionKey) {
    long now = clock.millis();
    String offset = offsetFormat.format(nextPosition, nextSequenceNumber);
    StampedMessage stamped =
        StampedMessage.stamp(source, from, to, nextSequenceNumber, offset, now, partitionKey);
    LogEntry entry =
        new LogEntry(
            nextSequenceNumber, nextPosition, offset, now, stamped.wire(), stamped.headerLength());
    if (file != null) {
      file.append(entry);
    }
    add(entry);
    expire();
    return entry;
  }

  private void add(LogEntry entry) {
    if (size() == ring.length) {
      grow();
    }
    ring[index(nextSequenceNumber)] = entry;
    nextSequenceNumber++;
    nextPosition = entry.position() + entry.wire().length;
    last = entry;
  }

  int size() {
    return (int) (nextSequenceNumber - firstSequenceNumber);
  }

  boolean isEmpty() {
    return size() == 0;
  }

  /** The first event that is kept, or the next one to come. */
  long firstSequenceNumber() {
    return firstSequenceNumber;
  }

  /** The sequence number the next event gets. */
  long nextSequenceNumber() {
    return nextSequenceNumber;
  }

  /** The newest event that was ever stored. */
  @Nullable LogEntry last() {
    return last;
  }

  LogEntry get(long sequenceNumber) {
    LogEntry entry = ring[index(sequenceNumber)];
    if (entry == null || entry.sequenceNumber() != sequenceNumber) {
      throw new IllegalArgumentException("No event has the sequence number " + sequenceNumber);
    }
    return entry;
  }

  List<LogEntry> entries() {
    List<LogEntry> entries = new ArrayList<>(size());
    for (long number = firstSequenceNumber; number < nextSequenceNumber; number++) {
      entries.add(get(number));
    }
    return entries;
  }

  void retain(Retention newRetention) {
    retention = newRetention;
    expire();
  }

  /** Removes what the retention no longer keeps. */
  void expire() {
    while (size() > retention.maxEvents()) {
      removeFirst();
    }
    long oldestKept = retention.oldestKept(clock.millis());
    while (!isEmpty() && get(firstSequenceNumber).enqueuedTime() < oldestKept) {
      removeFirst();
    }
  }

  /** Removes all events before this sequence number and returns their number. */
  int removeBefore(long sequenceNumber) {
    int before = size();
    while (!isEmpty() && firstSequenceNumber < sequenceNumber) {
      removeFirst();
    }
    return before - size();
  }

  /**
   * The sequence number of the first event to deliver from this position on. A position before the
   * beginning means the beginning; one beyond the end is an error.
   */
  long locate(StartPosition position) {
    if (position.isEarliest()) {
      return firstSequenceNumber;
    }
    if (position.isLatest()) {
      return nextSequenceNumber;
    }
    return switch (position.kind()) {
      case OFFSET -> locateOffset(position);
      case SEQUENCE_NUMBER -> locateSequenceNumber(position);
      case ENQUEUED_TIME -> search(LogEntry::enqueuedTime, position.number(), position.inclusive());
    };
  }

  private long locateOffset(StartPosition position) {
    long wanted = offsetFormat.positionOf(position.value());
    if (wanted < 0 || last == null || wanted > last.position()) {
      throw new ServiceException(
          ErrorConditions.ARGUMENT_ERROR,
          "The supplied offset '%s' is invalid. The last offset in the system is '%s'"
              .formatted(position.value(), last == null ? "-1" : last.offset()));
    }
    return search(LogEntry::position, wanted, position.inclusive());
  }

  private long locateSequenceNumber(StartPosition position) {
    long number = position.number();
    // The number may be the largest there is, so that one more would be the smallest.
    if (position.inclusive() ? number > nextSequenceNumber : number >= nextSequenceNumber) {
      throw new ServiceException(
          ErrorConditions.ARGUMENT_ERROR,
          "The supplied sequence number '%s' is invalid. The last sequence number in the system is '%s'"
              .formatted(position.value(), nextSequenceNumber - 1));
    }
    return Math.max(position.inclusive() ? number : number + 1, firstSequenceNumber);
  }

  private long search(ToLongFunction<LogEntry> property, long wanted, boolean inclusive) {
    long low = firstSequenceNumber;
    long high = nextSequenceNumber;
    while (low < high) {
      long middle = (low + high) >>> 1;
      long value = property.applyAsLong(get(middle));
      if (value > wanted || (inclusive && value == wanted)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private void removeFirst() {
    ring[index(firstSequenceNumber)] = null;
    firstSequenceNumber++;
  }

  private void grow() {
    LogEntry[] entries = entries().toArray(LogEntry[]::new);
    ring = new LogEntry[ring.length * 2];
    for (LogEntry entry : entries) {
      ring[index(entry.sequenceNumber())] = entry;
    }
  }

  private int index(long sequenceNumber) {
    return (int) (sequenceNumber & (ring.length - 1));
  }
}
