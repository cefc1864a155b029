// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

/**
 * How many events a partition's link may let the service send ahead. The SDK keeps them all,
 * whatever was asked of it, and fixes their number for as long as a link lives: what a link may
 * hold is therefore bounded in bytes by replacing the link when the size of its events has changed.
 *
 * <p>The first link is as wide as one may be, since most events are small. If its first event is
 * not, another link takes its place before the second is looked at: what the service has sent by
 * then is dropped as it comes, and sent again. Numbers are rounded down to powers of two, so that a
 * few clients of the SDK serve all partitions.
 *
 * <p>Used by one thread at a time: a link is attached after the one before has ended. Where that is
 * dead rather than ended, a number that is out of date does no harm.
 */
final class LinkPrefetch {

  /** The average follows larger events at once, and smaller ones slowly. */
  private static final int RISE = 4;

  private static final int FALL = 64;

  /** A wider link has to be worth the reattachment. */
  private static final int WORTHWHILE = 4;

  private static final int FIRST_PATIENCE = 16;
  private static final int LONGEST_PATIENCE = 1 << 20;

  private final int maxEvents;
  private final long maxBytes;
  private long averageBytes;
  private boolean observed;
  private int attached = 1;
  private int sinceAttached;

  /**
   * So many events have to come through a link before it is replaced by a wider one: more each time
   * that a wide one had been wrong, so that mixed sizes do not go on replacing links.
   */
  private int patience = FIRST_PATIENCE;

  /**
   * @param maxEvents the most that a link may hold
   * @param maxBytes what they may come to, on average
   */
  LinkPrefetch(int maxEvents, long maxBytes) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
  }

  /** A link is attached now. Answers how many events it may hold; at least 1. */
  int attach() {
    sinceAttached = 0;
    attached = fitting();
    return attached;
  }

  /**
   * An event of this size has arrived. Answers whether another link should take the place of this
   * one: it may hold twice the bytes that are allowed, or so few that it costs throughput.
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
      patience = Math.min(LONGEST_PATIENCE, patience * WORTHWHILE);
      return true;
    }
    return sinceAttached >= patience
        && (long) attached * WORTHWHILE <= maxEvents
        && fitting() / WORTHWHILE >= attached;
  }

  private int fitting() {
    if (!observed) {
      return maxEvents;
    }
    long fitting = maxBytes / Math.max(1, averageBytes);
    return fitting >= maxEvents ? maxEvents : (int) Math.max(1, Long.highestOneBit(fitting));
  }
}
