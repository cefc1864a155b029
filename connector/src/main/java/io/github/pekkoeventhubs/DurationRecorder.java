// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import org.apache.pekko.annotation.InternalApi;

/** Counts durations for a {@link DurationDistribution}, without allocation. Thread-safe. */
@InternalApi
public final class DurationRecorder {

  private static final long[] BOUNDS =
      DurationDistribution.BOUNDS.stream().mapToLong(Duration::toNanos).toArray();

  // Guarded by this.
  private final long[] counts = new long[BOUNDS.length + 1];
  private final long[] nanos = new long[BOUNDS.length + 1];

  /** Something took so many nanoseconds; less than none count as none. */
  public synchronized void took(long time) {
    long taken = Math.max(0, time);
    int bucket = 0;
    while (bucket < BOUNDS.length && taken > BOUNDS[bucket]) {
      bucket++;
    }
    counts[bucket]++;
    nanos[bucket] += taken;
  }

  /** All that was counted so far. */
  public synchronized DurationDistribution distribution() {
    return DurationDistribution.of(counts, nanos);
  }
}
