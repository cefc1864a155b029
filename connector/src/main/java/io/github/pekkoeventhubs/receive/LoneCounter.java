// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A number that one thread writes for each event, on cache lines that hold nothing else. Beside
 * fields that another thread uses for each event, each write would take their line away from that
 * thread. One thread writes, and any thread reads.
 */
final class LoneCounter {

  /** Some processors fetch two lines of 64 bytes at a time. */
  private static final int PLACES_OF_TWO_LINES = 16;

  private final AtomicLongArray places = new AtomicLongArray(2 * PLACES_OF_TWO_LINES + 1);

  /** The number as it was written last. */
  long get() {
    return places.get(PLACES_OF_TWO_LINES);
  }

  /** For the writing thread. */
  void set(long value) {
    places.lazySet(PLACES_OF_TWO_LINES, value);
  }

  /** For the writing thread. */
  void increment() {
    set(get() + 1);
  }
}
