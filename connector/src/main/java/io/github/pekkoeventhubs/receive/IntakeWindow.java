// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

/**
 * How many events of a partition may wait for the stream. It is a fixed number, and a smaller one
 * where the events are so large that they would exceed a number of bytes. The size of an event is
 * estimated from those that came. Before the first event, the largest size that the service allows
 * is assumed.
 */
final class IntakeWindow {

  private static final int LARGEST_EVENT_BYTES = 1024 * 1024;
  private static final int SMOOTHING = 8;

  private final int maxEvents;
  private final long maxBytes;
  private volatile int events;
  private long averageBytes = LARGEST_EVENT_BYTES;
  private boolean observed;

  IntakeWindow(int maxEvents, long maxBytes) {
    this.maxEvents = maxEvents;
    this.maxBytes = maxBytes;
    this.events = eventsOf(LARGEST_EVENT_BYTES);
  }

  int maxEvents() {
    return maxEvents;
  }

  /** An event of this size has arrived. Called by one thread at a time. */
  void observe(int bytes) {
    long average =
        observed ? averageBytes + (bytes - averageBytes) / SMOOTHING : Math.max(1, bytes);
    observed = true;
    // Never below the newest size: one large event counts at once, many small ones over time.
    long now = Math.max(average, bytes);
    if (now == averageBytes) {
      // Where all events have one size, the receiving thread is spared a division per event.
      return;
    }
    averageBytes = now;
    int allowed = eventsOf(now);
    if (allowed != events) {
      events = allowed;
    }
  }

  /** How many events may wait now. */
  int events() {
    return events;
  }

  private int eventsOf(long bytes) {
    return (int) Math.max(1, Math.min(maxEvents, maxBytes / Math.max(1, bytes)));
  }
}
