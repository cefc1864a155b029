// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

/**
 * The average size of a partition's events in bytes. It follows larger events at once, and smaller
 * ones slowly. For one thread at a time.
 */
final class SizeAverage {

  private static final int RISE = 4;
  private static final int FALL = 64;

  private long average;
  private long newest;
  private boolean observed;

  /** An event of this size has arrived. */
  void observe(int bytes) {
    newest = bytes;
    if (!observed) {
      observed = true;
      average = bytes;
    } else if (bytes != average) {
      // Two divisions by constants are cheaper than one by either of them.
      average += bytes > average ? (bytes - average) / RISE : (bytes - average) / FALL;
    }
  }

  /** The average; 0 before the first event. */
  long bytes() {
    return average;
  }

  /** The size that is expected of the next events: a single larger one counts at once. */
  long expected() {
    return Math.max(average, newest);
  }
}
