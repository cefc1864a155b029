// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Remembers since when each of some things has been seen in one condition. A thing that is not seen
 * in a round is forgotten. For one thread at a time.
 *
 * @param <C> a condition; another one begins its time anew
 */
final class ObservedSince<C> {

  private record Observation<C>(C condition, long since) {}

  private final LongSupplier nanoTime;
  private Map<String, Observation<C>> last = new HashMap<>();

  ObservedSince(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Takes in what is seen now.
   *
   * @return for how long each has been seen like that; zero at the first time
   */
  Map<String, Duration> observe(Map<String, C> conditions) {
    long now = nanoTime.getAsLong();
    Map<String, Observation<C>> seen = new HashMap<>();
    Map<String, Duration> ages = new HashMap<>();
    conditions.forEach(
        (name, condition) -> {
          Observation<C> before = last.get(name);
          Observation<C> current =
              before != null && before.condition().equals(condition)
                  ? before
                  : new Observation<>(condition, now);
          seen.put(name, current);
          ages.put(name, Duration.ofNanos(now - current.since()));
        });
    last = seen;
    return ages;
  }
}
