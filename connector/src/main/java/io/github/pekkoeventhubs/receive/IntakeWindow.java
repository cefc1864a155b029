// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import io.github.pekkoeventhubs.ownership.PartitionRun;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * How many events of a partition may wait for the stream: a fixed number, and fewer where they
 * would exceed a number of bytes. Events that wait count with their true size. The size of those
 * that are still to come can only be expected: it is that of the events before or, before the first
 * event, the largest that the service allows by default. Where more bytes have come than were
 * expected, the window is <em>overfull</em>.
 *
 * <p>Events arrive on one thread at a time, and are emitted by one. Everything else may be called
 * by any thread.
 */
final class IntakeWindow {

  /** The largest event that the service takes, unless a dedicated cluster allows more. */
  static final int LARGEST_EVENT_BYTES = 1024 * 1024;

  /** The most events that are counted, whatever the settings say. */
  private static final int MOST_EVENTS = (1 << 20) - 2;

  private final int maxEvents;
  private final long maxBytes;
  private final long overfullBytes;

  /** The bytes that arrived before each of the last events, by the number of the event. */
  private final long[] bytesBefore;

  private final int mask;
  private final AtomicLong received = new AtomicLong();
  private final AtomicLong receivedBytes = new AtomicLong();
  private final AtomicLong emitted = new AtomicLong();
  private volatile int events;

  // Written by the thread on which events arrive.
  private volatile long expectedBytes = LARGEST_EVENT_BYTES;
  private long emittedBytesAtLeast;

  /**
   * @param maxEvents the most events that may wait
   * @param maxBytes the bytes that they may have if all are as large as is expected
   */
  IntakeWindow(int maxEvents, long maxBytes) {
    this.maxEvents = Math.min(MOST_EVENTS, maxEvents);
    this.maxBytes = maxBytes;
    this.overfullBytes = maxBytes + Math.min(maxBytes / 3, Long.MAX_VALUE - maxBytes);
    this.events = eventsOf(LARGEST_EVENT_BYTES);
    // One place for the next event, and one since the events are numbered before they wait.
    int places = Integer.highestOneBit(this.maxEvents + 1) << 1;
    this.bytesBefore = new long[places];
    this.mask = places - 1;
  }

  int maxEvents() {
    return maxEvents;
  }

  /**
   * An event has arrived.
   *
   * @param bytes its size
   * @param expected the size that is expected of the next ones
   */
  void arrived(int bytes, long expected) {
    long number = received.get();
    long total = receivedBytes.get() + bytes;
    bytesBefore[(int) (number + 1) & mask] = total;
    receivedBytes.lazySet(total);
    received.lazySet(number + 1);
    // Where all events have one size, the receiving thread is spared a division per event.
    if (expected != expectedBytes) {
      expectedBytes = expected;
      int allowed = eventsOf(expected);
      if (allowed != events) {
        events = allowed;
      }
    }
  }

  /** An event was emitted. */
  void emitted() {
    emitted.lazySet(emitted.get() + 1);
  }

  /** How many events have arrived. */
  long receivedCount() {
    return received.get();
  }

  /** How many events were emitted. */
  long emittedCount() {
    return emitted.get();
  }

  /** How many events may wait now if all are as large as is expected; at least 1. */
  int events() {
    return events;
  }

  /** Whether nothing waits. */
  boolean isEmpty() {
    return received.get() == emitted.get();
  }

  /** Whether half of the events wait that may, or more. */
  boolean isHalfFull() {
    return received.get() - emitted.get() >= Math.max(1, events / 2);
  }

  /** How many events may have arrived in all if they are as large as is expected. */
  long allowance() {
    long arrived = received.get();
    long waiting = arrived - emitted.get();
    long byBytes = (maxBytes - waitingBytes()) / Math.max(1, expectedBytes);
    long more = Math.min(maxEvents - waiting, byBytes);
    return arrived + Math.max(more, waiting == 0 ? 1 : 0);
  }

  /**
   * Whether a third more bytes wait than may. A smaller excess is tolerated, because sizes differ a
   * little. For the thread on which events arrive.
   */
  boolean isOverfull() {
    if (receivedBytes.get() - emittedBytesAtLeast <= overfullBytes) {
      return false;
    }
    // Only now: the emitting thread writes this number for each event.
    emittedBytesAtLeast = emittedBytes();
    return receivedBytes.get() - emittedBytesAtLeast > overfullBytes;
  }

  private long waitingBytes() {
    return Math.max(0, receivedBytes.get() - emittedBytes());
  }

  private long emittedBytes() {
    return bytesBefore[(int) emitted.get() & mask];
  }

  private int eventsOf(long bytes) {
    return (int) Math.max(1, Math.min(maxEvents, maxBytes / Math.max(1, bytes)));
  }

  /**
   * The progress of the epoch. Any thread.
   *
   * @param first the first event that waits; null if none does
   */
  PartitionRun.Progress progress(@Nullable PartitionEvent first) {
    return new PartitionRun.Progress(
        receivedCount(),
        emittedCount(),
        events(),
        first == null ? null : first.getData().getEnqueuedTime());
  }
}
