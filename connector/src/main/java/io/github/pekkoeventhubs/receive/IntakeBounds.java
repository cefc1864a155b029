// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

/**
 * How many events a partition asks for, and how many its link may hold: few enough for the bounds
 * of events and bytes, and enough that the stream does not run out of them.
 *
 * <p>Events arrive on one thread at a time. Everything else may be called by any thread.
 */
final class IntakeBounds {

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

  /**
   * Events that are requested from a wide link at once before a wait that the next event ends. Each
   * request wakes the connection's thread, which tells the service. Where events are so rare that
   * it matters, the connection's thread has time to do its work itself.
   */
  static final int REQUEST_SIZE_BEFORE_WAIT = 1_000;

  /** Before such a wait this many events are owed at least, unless they were asked for just now. */
  static final int OWED_BEFORE_WAIT = 100;

  /**
   * The time between two such requests. A fast stream waits now and then, too, and is to go on
   * taking work over from the connection's thread.
   */
  static final long REQUEST_PAUSE_NANOS = 1_000_000_000;

  private final IntakeWindow window;
  private final LinkPrefetch prefetch;
  private final SizeAverage sizes = new SizeAverage();
  private volatile int linkEvents;

  // Used by the stage's thread alone.
  private boolean hasWaited;
  private long requestedAt;

  IntakeBounds(IntakeWindow window, LinkPrefetch prefetch) {
    this.window = window;
    this.prefetch = prefetch;
  }

  /** A link is attached now. Returns how many events it may hold. */
  int attach() {
    linkEvents = prefetch.attach();
    return linkEvents;
  }

  /** How many events the link may hold that was attached last. */
  int linkEvents() {
    return linkEvents;
  }

  /** Whether the stream takes over a part of the SDK's work. */
  boolean isWide() {
    return linkEvents >= WIDE_LINK_EVENTS;
  }

  /** How many events a link may hold that may all be as large as the service allows. */
  int narrowestLink() {
    return prefetch.narrowest();
  }

  /** The next link is one for a stream that takes this many events in a while. */
  void slowedTo(long events) {
    prefetch.slowedTo(events);
  }

  /**
   * An event of this size has arrived. Returns whether another link should hold a better number of
   * the next.
   */
  boolean arrived(int bytes) {
    boolean isSlow = prefetch.isForSlowStream();
    boolean ranShort = isSlow && window.isEmpty();
    sizes.observe(bytes);
    window.arrived(bytes, sizes.expected());
    boolean misfits = prefetch.observe(sizes.bytes());
    if (ranShort) {
      misfits |= prefetch.ranShort();
    } else if (isSlow && window.isHalfFull()) {
      prefetch.hasPlenty();
    }
    return misfits;
  }

  /**
   * How many further events to request now; 0 if a request is not worth its cost.
   *
   * @param requested how many events were requested since the epoch began
   */
  long worthwhileCredit(long requested) {
    long credit = window.allowance() - requested;
    if (isWide()) {
      return isOwed(requested) ? 0 : Math.min(credit, WIDE_LINK_REQUEST_SIZE);
    }
    return credit >= Math.max(1, window.events() / 2) ? credit : 0;
  }

  /**
   * How many further events to request before the stage waits for the next one; 0 if enough are
   * owed. So the events of a batch find that they are wanted: a link through which everything has
   * come that was asked for has to be watched, and that takes a timer.
   *
   * @param requested how many events were requested since the epoch began
   * @param now the monotonic time, or not long before it
   */
  long creditBeforeWait(long requested, long now) {
    if (!hasWaited) {
      hasWaited = true;
      requestedAt = now;
    }
    long owed = requested - window.receivedCount();
    if (!isWide() || owed >= Math.min(OWED_BEFORE_WAIT, Math.max(1, window.events() / 2))) {
      return 0;
    }
    if (now - requestedAt < REQUEST_PAUSE_NANOS) {
      return 0;
    }
    requestedAt = now;
    return Math.min(window.allowance() - requested, REQUEST_SIZE_BEFORE_WAIT);
  }

  /** The number of events at which the stage is woken, before the window is full. */
  int worthwhileWake() {
    return window.events() / 4;
  }

  /** Whether some of the events that were requested have not come yet. */
  boolean isOwed(long requested) {
    return requested > window.receivedCount();
  }
}
