// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.DurationDistribution;
import io.github.pekkoeventhubs.DurationDistribution.Bucket;
import io.micrometer.core.instrument.Timer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Tells a timer the times that streams have counted in buckets since the last look: those of one
 * bucket with their mean. So its count, its sum and its buckets, which have the same bounds, are
 * exact; its maximum is the mean of the slowest bucket. The streams never wait for the registry.
 * Thread-safe.
 */
final class TimesOfStreams {

  /** More of one bucket are told at the next looks: a timer takes one time at a time. */
  private static final long MOST_AT_ONCE = 100_000;

  private static final int BUCKETS = DurationDistribution.BOUNDS.size() + 1;

  // All below is guarded by this.
  private final long[] counts = new long[BUCKETS];
  private final long[] nanos = new long[BUCKETS];
  private @Nullable Timer timer;

  /** Tells this timer from now on. */
  synchronized Timer feed(Timer fed) {
    timer = fed;
    tell(fed);
    return fed;
  }

  /** Takes in what the streams show now and showed before, by their ids. */
  synchronized <T> void update(
      Map<String, T> views, Map<String, T> before, Function<T, DurationDistribution> times) {
    views.forEach(
        (stream, view) -> {
          T told = before.get(stream);
          add(times.apply(view), told == null ? DurationDistribution.NONE : times.apply(told));
        });
    Timer fed = timer;
    if (fed != null) {
      tell(fed);
    }
  }

  private void add(DurationDistribution now, DurationDistribution before) {
    List<Bucket> old = before.buckets();
    for (int i = 0; i < BUCKETS; i++) {
      Bucket bucket = now.buckets().get(i);
      counts[i] += Math.max(0, bucket.count() - old.get(i).count());
      nanos[i] += Math.max(0, bucket.total().minus(old.get(i).total()).toNanos());
    }
  }

  private void tell(Timer fed) {
    for (int i = 0; i < BUCKETS; i++) {
      long most = Math.min(counts[i], MOST_AT_ONCE);
      for (long told = 0; told < most; told++) {
        // Divided anew each time: the rest of a division is not lost.
        long one = nanos[i] / counts[i];
        fed.record(one, TimeUnit.NANOSECONDS);
        nanos[i] -= one;
        counts[i]--;
      }
    }
  }
}
