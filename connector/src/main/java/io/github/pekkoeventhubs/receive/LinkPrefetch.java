// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

/**
 * How many events a partition's link may let the service send ahead. The SDK keeps all events that
 * the service sends, whatever was requested from the SDK. Their number is fixed for as long as a
 * link lives. The bytes that a link holds are therefore bounded by replacing the link: when the
 * size of its events has changed, and when the stream takes so few that nobody would see it change.
 *
 * <p>The first link is as wide as a link may be, because most events are small. If its first event
 * is large, another link takes its place before the second event is looked at. The events that the
 * service has sent by then are dropped as they come, and sent again. Numbers are rounded down to
 * powers of two, so that a few clients of the SDK serve all partitions.
 *
 * <p>Used by one thread at a time, except for {@link #slowedTo}: a link is attached after the link
 * before has ended. Where the link before is dead and has not ended, a number that is out of date
 * does no harm.
 */
final class LinkPrefetch {

  /** A link is replaced by a wider one only if that holds this many times as many events. */
  private static final int WORTHWHILE_FACTOR = 4;

  private static final int FIRST_PATIENCE_EVENTS = 16;
  private static final int LONGEST_PATIENCE_EVENTS = 1 << 20;
  private static final int FIRST_SHORTAGES = 8;
  private static final int MOST_SHORTAGES = 256;

  private final int maxEvents;
  private final long maxBytes;
  private final int narrowest;
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

  /** The events of a slow stream's link; {@link #maxEvents} while the stream is not slow. */
  private volatile int paceEvents;

  /** How often a stream has to run out of events before its link is too narrow for its pace. */
  private volatile int shortagesToWiden = FIRST_SHORTAGES / 2;

  private int shortages;

  /**
   * @param maxEvents the most that a link may hold
   * @param maxBytes the bytes that those events may have together, on average
   */
  LinkPrefetch(int maxEvents, long maxBytes) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.paceEvents = maxEvents;
    this.narrowest =
        (int) Math.max(1, Math.min(maxEvents, maxBytes / IntakeWindow.LARGEST_EVENT_BYTES));
  }

  /** A link is attached now. Returns how many events it may hold; at least 1. */
  int attach() {
    sinceAttached = 0;
    shortages = 0;
    attached = fitting();
    return attached;
  }

  /** How many events a link may hold whose events may all be as large as the service allows. */
  int narrowest() {
    return narrowest;
  }

  /**
   * The stream is so slow that the next link shall hold no more events than this, or than {@link
   * #narrowest}. Any thread.
   */
  void slowedTo(long events) {
    shortagesToWiden = Math.min(MOST_SHORTAGES, 2 * shortagesToWiden);
    paceEvents = (int) Math.min(maxEvents, Math.max(narrowest, events));
  }

  /** Whether the stream was slow when it was last looked at. */
  boolean isForSlowStream() {
    return paceEvents < maxEvents;
  }

  /**
   * An event has arrived. Returns whether another link should take the place of this one, because
   * it may hold twice the bytes that are allowed, or so few that it costs throughput.
   *
   * @param average the average size of the events
   */
  boolean observe(long average) {
    averageBytes = average;
    observed = true;
    sinceAttached++;
    if (attached > 1 && attached * average > 2 * maxBytes) {
      patience = Math.min(LONGEST_PATIENCE_EVENTS, patience * WORTHWHILE_FACTOR);
      return true;
    }
    return sinceAttached >= patience
        && (long) attached * WORTHWHILE_FACTOR <= maxEvents
        && fitting() / WORTHWHILE_FACTOR >= attached;
  }

  /**
   * An event has arrived through the link of a slow stream, which had nothing left. Returns whether
   * the stream is slow no longer, and another link should take the place of this one.
   */
  boolean ranShort() {
    shortages++;
    if (shortages < shortagesToWiden) {
      return false;
    }
    paceEvents = maxEvents;
    return fitting() > attached;
  }

  /** The stream has as many events before it as half of what may wait. */
  void hasPlenty() {
    shortages = 0;
  }

  private int fitting() {
    int most = paceEvents;
    long fitting = observed ? Math.min(most, maxBytes / Math.max(1, averageBytes)) : most;
    return fitting >= maxEvents ? maxEvents : (int) Math.max(1, Long.highestOneBit(fitting));
  }
}
