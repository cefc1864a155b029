// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.balanced;

import io.github.pekkoeventhubs.OwnershipSettings;
import io.github.pekkoeventhubs.ownership.Backoff;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The partitions that were lost, or that no stream could serve. They are not claimed for a while,
 * which grows each time. For the thread of the group's actor alone.
 */
final class HeldBack {

  private final Map<String, Hold> holds = new HashMap<>();

  private record Hold(int times, long untilNanos) {}

  /** Holds a partition back from now on, for longer than the last time. */
  void add(String partitionId, OwnershipSettings settings, long nanoTime) {
    Hold before = holds.get(partitionId);
    int times = before == null ? 0 : before.times();
    Duration delay =
        new Backoff(
                settings.lossMinHold(),
                settings.lossMaxHold(),
                ThreadLocalRandom.current()::nextDouble)
            .delay(times);
    holds.put(partitionId, new Hold(times + 1, nanoTime + delay.toNanos()));
  }

  /** The partitions that are held back at this time. */
  Set<String> at(long nanoTime, OwnershipSettings settings) {
    long forgetAfter = settings.lossMaxHold().toNanos();
    holds.values().removeIf(hold -> nanoTime - hold.untilNanos() > forgetAfter);
    Set<String> heldBack = new HashSet<>();
    holds.forEach(
        (partitionId, hold) -> {
          if (nanoTime - hold.untilNanos() < 0) {
            heldBack.add(partitionId);
          }
        });
    return heldBack;
  }
}
