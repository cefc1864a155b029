// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import com.azure.messaging.eventhubs.EventData;
import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.StoredCheckpoint;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * Judges each event that arrives from a partition by the event before it. The first event of an
 * epoch is judged by the position at which the epoch starts. Keeps nothing but the last event, and
 * allocates nothing.
 *
 * <p>For the thread on which events arrive: one at a time. A thread that has seen a later write of
 * that thread may read the last event, too.
 */
@InternalApi
public final class Continuity {

  /** The relation of an event to the one before. */
  public enum Answer {
    /** It follows directly, or nothing is known of the one before. */
    NEXT,
    /** It is an event of the same log that has arrived before. */
    REPEATED,
    /** Events between the two are missing. It is for the caller to take it, or not. */
    HOLE,
    /** It cannot be of the log to which the one before belongs. */
    ANOTHER_LOG
  }

  private long last;
  private @Nullable PartitionEvent lastEvent;

  /** How many events were left out since the last one arrived. */
  private long leftOut;

  /** The event with which the next receiver begins once more. Used by the owner alone. */
  private long beginsAt = SequenceNumbers.UNKNOWN;

  /** The same event, until a later one has arrived. */
  private long again = SequenceNumbers.UNKNOWN;

  private final AtomicLong cameAgain = new AtomicLong();

  private final String startOffset;

  private Continuity(long start, String startOffset) {
    this.last = start;
    this.startOffset = startOffset;
  }

  /**
   * Begins after this position.
   *
   * @param sequenceNumber the last event before the first to arrive; {@link
   *     SequenceNumbers#UNKNOWN} if there is none, or if it is not known
   * @param offset the offset of the same event; empty if it is not known, and {@link
   *     StoredCheckpoint#BEFORE_FIRST_OFFSET} if the partition has no such event any more
   */
  public static Continuity after(long sequenceNumber, String offset) {
    return new Continuity(sequenceNumber, offset);
  }

  /**
   * Judges an event, and takes it for the last one if it follows that directly.
   *
   * @param sequenceNumber the event's own
   */
  public Answer judge(PartitionEvent event, long sequenceNumber) {
    long before = last;
    if (sequenceNumber > before || wasLeftOut(sequenceNumber)) {
      if (sequenceNumber > before + 1 && before != SequenceNumbers.UNKNOWN) {
        return Answer.HOLE;
      }
      take(event, sequenceNumber);
      return Answer.NEXT;
    }
    if (isRepeated(event.getData(), sequenceNumber)) {
      cameAgain.incrementAndGet();
      return Answer.REPEATED;
    }
    return Answer.ANOTHER_LOG;
  }

  /** Takes an event for the last one, although those before it are missing. */
  public void take(PartitionEvent event, long sequenceNumber) {
    last = sequenceNumber;
    lastEvent = event;
    leftOut = 0;
    again = SequenceNumbers.UNKNOWN;
  }

  /**
   * The service sends only events after the position that was asked for. So an event that comes
   * again was on its way twice, and is in no way different; a lower number is no proof of another
   * log unless the event is younger than the last one, or is the first one of all.
   */
  private boolean isRepeated(EventData data, long sequenceNumber) {
    PartitionEvent known = lastEvent;
    if (sequenceNumber == last) {
      String offset = known == null ? startOffset : known.getData().getOffsetString();
      return isUnknown(offset)
          || isUnknown(data.getOffsetString())
          || data.getOffsetString().equals(offset);
    }
    if (sequenceNumber == again) {
      return true;
    }
    if (known == null) {
      return false;
    }
    Instant lastTime = known.getData().getEnqueuedTime();
    Instant time = data.getEnqueuedTime();
    return lastTime == null || time == null || !time.isAfter(lastTime);
  }

  private static boolean isUnknown(@Nullable String offset) {
    return offset == null || offset.isEmpty();
  }

  /**
   * The number of the last event that was taken, or of the start; {@link SequenceNumbers#UNKNOWN}
   * if it is.
   */
  public long last() {
    return last;
  }

  /** The last event that was taken; null if none was in this epoch. */
  public @Nullable PartitionEvent lastEvent() {
    return lastEvent;
  }

  /**
   * The events after the last one are left out, up to this one: the next event is judged as if they
   * had arrived. One of them that arrives after all, before a later one has, is taken.
   */
  public void leaveOut(long sequenceNumber) {
    leftOut += sequenceNumber - last;
    last = sequenceNumber;
    lastEvent = null;
  }

  private boolean wasLeftOut(long sequenceNumber) {
    return sequenceNumber <= last && sequenceNumber > last - leftOut;
  }

  /**
   * Whether the next event is the first one of this epoch, which begins after an offset alone, and
   * the partition has events after that.
   *
   * @param lastOffset the offset of the partition's last event
   */
  public boolean beginsAfterAnOffsetBefore(String lastOffset) {
    return last == SequenceNumbers.UNKNOWN
        && !startOffset.isEmpty()
        && !startOffset.equals(lastOffset);
  }

  /** Whether an event was left out since the last one arrived. */
  public boolean hasLeftOut() {
    return leftOut > 0;
  }

  /**
   * Makes the next receiver begin with the last event that arrived, or with that of the start: if
   * it comes a second time, the receiver works. Does nothing if that event is not known. For the
   * owner's thread.
   */
  public void beginAgain() {
    long arrived = last - leftOut;
    if (last != SequenceNumbers.UNKNOWN && arrived >= 0) {
      again = arrived;
      beginsAt = arrived;
    }
  }

  /** The next receiver begins after the last event, as usual. For the owner's thread. */
  public void beginAfter() {
    again = SequenceNumbers.UNKNOWN;
    beginsAt = SequenceNumbers.UNKNOWN;
  }

  /** The event with which the next receiver is to begin once more. For the owner's thread. */
  OptionalLong takeAgain() {
    if (beginsAt == SequenceNumbers.UNKNOWN) {
      return OptionalLong.empty();
    }
    long taken = beginsAt;
    beginsAt = SequenceNumbers.UNKNOWN;
    return OptionalLong.of(taken);
  }

  /** How many events have come that had arrived before. Any thread. */
  public long cameAgain() {
    return cameAgain.get();
  }
}
