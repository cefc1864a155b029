// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import java.time.Duration;

/**
 * Decides what becomes of the events that wait in the SDK and that the stream has not asked for.
 * Nobody knows their size: a link whose last events were small may hold large ones now. There are
 * two answers. The events are fetched, so that they count with their size, where the stream has not
 * asked for any since the last look and where there is room for them. And the link is replaced by a
 * narrower one where it holds more than twice the events that the stream has taken within {@link
 * #PERIOD}. So the events of a link are seen within about a second after they have come, or the
 * link holds no more than fit if all of them are as large as the service allows.
 *
 * <p>A look is taken only while the SDK owes the stream nothing: an event that was asked for is
 * seen when it comes. For one thread at a time.
 */
final class SlowStreamRule {

  /** The time between two looks. */
  static final Duration LOOK_INTERVAL = Duration.ofMillis(20);

  /** The time over which it is counted how many events the stream takes. */
  static final Duration PERIOD = Duration.ofMillis(500);

  /** The action to take now. */
  enum Answer {
    /** Nothing, until all events have come again that were asked for. */
    NOTHING,
    /** Another look is to follow. */
    LOOK_AGAIN,
    /** Fetch all events for which there is room, and then nothing until all of them have come. */
    FETCH,
    /** Close the link, to be followed by one for {@link #pace} events. */
    REPLACE
  }

  /**
   * A partition at the time of a look.
   *
   * @param emitted how many events the stream has taken in all
   * @param requested how many events the SDK was asked for in all
   * @param isOwed whether some of those have not come yet
   * @param hasRoom whether more may be asked for
   * @param linkEvents how many events the link may hold
   * @param narrowest how many it may hold if all may be as large as the service allows
   */
  record Look(
      long emitted,
      long requested,
      boolean isOwed,
      boolean hasRoom,
      int linkEvents,
      int narrowest) {}

  private boolean counts;
  private long begunAt;
  private long emittedBefore;
  private long lastLookAt;
  private long requestedBefore;
  private long pace;

  /** All events have come that were asked for: the first look follows after the interval. */
  void begin(long now, long emitted, long requested) {
    requestedBefore = requested;
    if (!counts || now - lastLookAt > PERIOD.toNanos()) {
      count(now, emitted);
    }
    lastLookAt = now;
  }

  private void count(long now, long emitted) {
    counts = true;
    begunAt = now;
    emittedBefore = emitted;
  }

  /**
   * Answers a look.
   *
   * @param now the monotonic time
   */
  Answer next(long now, Look look) {
    if (look.isOwed() || isNarrow(look.linkEvents(), look.narrowest())) {
      counts = false;
      return Answer.NOTHING;
    }
    lastLookAt = now;
    long counted = now - begunAt;
    if (counted >= PERIOD.toNanos()) {
      pace = (long) ((look.emitted() - emittedBefore) * ((double) PERIOD.toNanos() / counted));
      count(now, look.emitted());
      if (!isNarrow(look.linkEvents(), Math.max(look.narrowest(), pace))) {
        counts = false;
        return Answer.REPLACE;
      }
    }
    boolean hasAsked = look.requested() != requestedBefore;
    requestedBefore = look.requested();
    return !hasAsked && look.hasRoom() ? Answer.FETCH : Answer.LOOK_AGAIN;
  }

  /** Whether a link holds no more than twice this number, which makes up for its rounding. */
  static boolean isNarrow(int linkEvents, long events) {
    return linkEvents <= 2 * events;
  }

  /** How many events the stream took within the last period that has ended. */
  long pace() {
    return pace;
  }
}
