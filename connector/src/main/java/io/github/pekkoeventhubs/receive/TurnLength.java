// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

/**
 * How many events of a partition are emitted before the clock is looked at, which says whether the
 * claim still holds. The clock is too dear to be looked at for each event of a fast stream. A turn
 * is therefore so long as the stream is fast: its events take a few milliseconds of the stream's
 * time together. It begins with one event, and doubles. For one thread at a time.
 */
final class TurnLength {

  /** Events of one partition before the others have their turn. */
  static final int MOST_EVENTS = 32;

  /** The longest that a turn is to take, as far as the turn before can tell. */
  static final long LONGEST_NANOS = 5_000_000;

  private int events;
  private long begunAt;

  /**
   * Another turn begins.
   *
   * @param now the monotonic time
   * @return how many events it may have
   */
  int next(long now) {
    long took = now - begunAt;
    begunAt = now;
    if (events == 0 || took > LONGEST_NANOS) {
      events = 1;
    } else if (took <= LONGEST_NANOS / 2) {
      events = Math.min(MOST_EVENTS, 2 * events);
    }
    return events;
  }

  /** When the last turn began, by the monotonic clock. */
  long begunAt() {
    return begunAt;
  }
}
