// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.steady;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts events by the time that they took. The classes are a 32nd of a power of two wide, so that
 * a quantile is right within 3 %. Any thread; nothing is allocated.
 */
final class Latencies {

  private static final int PARTS_BITS = 5;
  private static final int PARTS = 1 << PARTS_BITS;

  private final AtomicLongArray counts = new AtomicLongArray(Long.SIZE * PARTS);
  private final AtomicLong events = new AtomicLong();

  void record(long nanos) {
    counts.incrementAndGet(slot(Math.max(0, nanos)));
    events.incrementAndGet();
  }

  private static int slot(long nanos) {
    int power = Long.SIZE - Long.numberOfLeadingZeros(nanos);
    if (power <= PARTS_BITS) {
      return (int) nanos;
    }
    int shift = power - PARTS_BITS - 1;
    return (shift + 1) * PARTS + (int) (nanos >>> shift) - PARTS;
  }

  private static double upperEnd(int slot) {
    if (slot < PARTS) {
      return slot;
    }
    int shift = slot / PARTS - 1;
    return Math.scalb((double) (slot % PARTS + PARTS + 1), shift);
  }

  long events() {
    return events.get();
  }

  /** The numbers of events so far, to be subtracted from later ones. */
  long[] snapshot() {
    long[] result = new long[counts.length()];
    Arrays.setAll(result, counts::get);
    return result;
  }

  /**
   * The time in microseconds that this share of the events since a snapshot did not exceed; 0 if
   * there were none.
   */
  double microsSince(long[] before, double share) {
    long[] now = snapshot();
    long all = 0;
    for (int i = 0; i < now.length; i++) {
      now[i] -= before[i];
      all += now[i];
    }
    long rank = (long) Math.ceil(all * share);
    long seen = 0;
    for (int i = 0; i < now.length; i++) {
      seen += now[i];
      if (seen >= rank && rank > 0) {
        return upperEnd(i) / 1000;
      }
    }
    return 0;
  }
}
