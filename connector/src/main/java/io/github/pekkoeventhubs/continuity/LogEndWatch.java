// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.continuity;

import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * Compares the end of a partition, as the service names it again and again, with what was read
 * before it was asked. For one thread.
 *
 * <p>An answer may be a little older than the events that have arrived. So a lower end is believed
 * at once only if it proves itself: its event is younger than the one that was read. Otherwise two
 * answers in a row have to be lower than what had been read one question earlier. The end of an
 * empty partition is never believed, as {@link CheckpointRange} says.
 */
@InternalApi
public final class LogEndWatch {

  private static final int ANSWERS_TO_BELIEVE = 2;

  private @Nullable ReadMark before;
  private int lowerAnswers;

  /**
   * Judges an answer.
   *
   * @param read the last event that was read when the service was asked; null for none
   * @return whether the partition is not the one that was read
   */
  public boolean contradicts(PartitionRange range, @Nullable ReadMark read) {
    ReadMark earlier = before;
    before = read;
    if (read == null || range.empty()) {
      return false;
    }
    if (range.hasAnotherOffsetAt(read.sequenceNumber(), read.offset())) {
      return true;
    }
    if (range.last() < read.sequenceNumber() && isYounger(range, read)) {
      return true;
    }
    boolean lower = earlier != null && range.last() < earlier.sequenceNumber();
    lowerAnswers = lower ? lowerAnswers + 1 : 0;
    return lowerAnswers >= ANSWERS_TO_BELIEVE;
  }

  private static boolean isYounger(PartitionRange range, ReadMark read) {
    return range.lastTime() != null && read.time() != null && range.lastTime().isAfter(read.time());
  }
}
