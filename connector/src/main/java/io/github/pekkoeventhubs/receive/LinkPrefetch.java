// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

/**
 * How many events a partition's link may let the service send ahead. The SDK keeps all events that
 * the service sends, whatever was requested from the SDK. Their number is fixed for as long as a
 * link lives. The bytes that a link holds are therefore bounded by replacing the link when the size
 * of its events has changed.
 *
 * <p>The first link is as wide as a link may be, because most events are small. If its first event
 * is large, another link takes its place before the second event is looked at. The events that the
 * service has sent by then are dropped as they come, and sent again. Numbers are rounded down to
 * powers of two, so that a few clients of the SDK serve all partitions.
 *
 * <p>Used by one thread at a time: a link is attached after the link before has ended. Where the
 * link before is dead and has not ended, a number that is out of date does no harm.
 */
final class LinkPrefetch {

  /** The average follows larger events at once, and smaller ones slowly. */
  private static final int RISE = 4;

  private static final int FALL = 64;

  /** A link is replaced by a wider one only if that holds this many times as many events. */
  private static final int WORTHWHILE_FACTOR = 4;

  private static final int FIRST_PATIENCE_EVENTS = 16;
  private static final int LONGEST_PATIENCE_EVENTS = 1 << 20;

  /** A link that holds this many events does not run empty while the stage's wake-up is delayed. */
  private static final int WIDE_LINK_EVENTS = 512;

  /**
   * Events that are requested from a wide link at once. The thread that requests events also
   * decodes those that the SDK has buffered, which is about a quarter of the cost of an event. The
   * connection's thread is the bottleneck. Requesting few events, and only when none are left,
   * moves that work from the connection's thread to the stage. A request that cannot be served at
   * once stays open, so that the next event wakes the stage.
   */
  static final int WIDE_LINK_REQUEST_SIZE = 32;

  private final int maxEvents;
  private final long maxBytes;
  private long averageBytes;
  private boolean observed;
  private int attached = 1;
  private int sinceAttached;

  /**
   * The number of events that have to come through a link before it is replaced by a wider one. The
   * number grows each time that a wide link had been wrong, so that links are not replaced again
   * and again where sizes are mixed.
   */
  private int patience = FIRST_PATIENCE_EVENTS;

  /**
   * @param maxEvents the most that a link may hold
   * @param maxBytes the bytes that those events may have together, on average
   */
  LinkPrefetch(int maxEvents, long maxBytes) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
  }

  /** Whether a link that may hold this many events is a wide one. */
  static boolean isWide(int events) {
    return events >= WIDE_LINK_EVENTS;
  }

  /** A link is attached now. Returns how many events it may hold; at least 1. */
  int attach() {
    sinceAttached = 0;
    attached = fitting();
    return attached;
  }

  /**
   * An event of this size has arrived. Returns whether another link should take the place of this
   * one, because it may hold twice the bytes that are allowed, or so few that it costs throughput.
   */
  boolean observe(int bytes) {
    long average = averageBytes;
    if (!observed) {
      observed = true;
      average = bytes;
    } else {
      // Two divisions by constants are cheaper than one by either of them.
      average += bytes > average ? (bytes - average) / RISE : (bytes - average) / FALL;
    }
    averageBytes = average;
    sinceAttached++;
    if (attached > 1 && attached * average > 2 * maxBytes) {
      patience = Math.min(LONGEST_PATIENCE_EVENTS, patience * WORTHWHILE_FACTOR);
      return true;
    }
    return sinceAttached >= patience
        && (long) attached * WORTHWHILE_FACTOR <= maxEvents
        && fitting() / WORTHWHILE_FACTOR >= attached;
  }

  private int fitting() {
    if (!observed) {
      return maxEvents;
    }
    long fitting = maxBytes / Math.max(1, averageBytes);
    return fitting >= maxEvents ? maxEvents : (int) Math.max(1, Long.highestOneBit(fitting));
  }
}
