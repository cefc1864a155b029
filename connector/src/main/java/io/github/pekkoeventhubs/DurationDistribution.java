// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How long something took, each time that it was done: the times are counted in buckets between
 * fixed bounds. Counts and sums never go back. Immutable, and safe for all threads. Only a wrong
 * number of buckets is refused.
 *
 * @param buckets as many as there are {@link #BOUNDS}, in their order, and a last one for what took
 *     longer than all of them
 */
public record DurationDistribution(List<Bucket> buckets) {

  /** The longest time of each bucket but the last, from 5 ms to one minute. */
  public static final List<Duration> BOUNDS =
      Stream.of(5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000)
          .map(Duration::ofMillis)
          .toList();

  /** Before anything was done. */
  public static final DurationDistribution NONE =
      of(new long[BOUNDS.size() + 1], new long[BOUNDS.size() + 1]);

  /**
   * One bucket.
   *
   * @param upTo the longest time that belongs here; empty for the last bucket
   * @param count how often something took a time of this bucket
   * @param total how long these took together
   */
  public record Bucket(Optional<Duration> upTo, long count, Duration total) {}

  /**
   * With a list of its own.
   *
   * @throws IllegalArgumentException if there is not one bucket more than {@link #BOUNDS}
   */
  public DurationDistribution {
    buckets = List.copyOf(buckets);
    if (buckets.size() != BOUNDS.size() + 1) {
      throw new IllegalArgumentException(
          "there must be "
              + (BOUNDS.size() + 1)
              + " buckets, one for each of BOUNDS and a last one, not "
              + buckets.size());
    }
  }

  static DurationDistribution of(long[] counts, long[] nanos) {
    List<Bucket> buckets = new ArrayList<>(counts.length);
    for (int i = 0; i < counts.length; i++) {
      Optional<Duration> upTo = i < BOUNDS.size() ? Optional.of(BOUNDS.get(i)) : Optional.empty();
      buckets.add(new Bucket(upTo, counts[i], Duration.ofNanos(nanos[i])));
    }
    return new DurationDistribution(buckets);
  }

  /** How often all together. */
  public long count() {
    return buckets.stream().mapToLong(Bucket::count).sum();
  }

  /** How long all together. */
  public Duration total() {
    return buckets.stream().map(Bucket::total).reduce(Duration.ZERO, Duration::plus);
  }

  /** Both together. */
  public DurationDistribution plus(DurationDistribution other) {
    if (equals(NONE) || other.equals(NONE)) {
      return equals(NONE) ? other : this;
    }
    List<Bucket> sums = new ArrayList<>();
    for (int i = 0; i < buckets.size(); i++) {
      Bucket one = buckets.get(i);
      Bucket another = other.buckets.get(i);
      sums.add(new Bucket(one.upTo, one.count + another.count, one.total.plus(another.total)));
    }
    return new DurationDistribution(sums);
  }
}
