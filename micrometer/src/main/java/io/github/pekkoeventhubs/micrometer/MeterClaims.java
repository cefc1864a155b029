// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Says which binding shows a thing in a registry. A registry gives the meter that it has to the
 * second one that registers it, and takes it from all when the first removes it. So a second
 * binding waits until the thing is free. A registry that nobody uses any more is forgotten.
 * Thread-safe.
 */
final class MeterClaims {

  private static final Map<MeterRegistry, MeterClaims> BY_REGISTRY = new WeakHashMap<>();

  /** A thing of one kind, such as a partition. */
  private record Thing(String kind, Tags tags) {}

  /** The values do not lead to the registry, which would keep it forever. */
  private final Map<Thing, Object> claimants = new HashMap<>();

  private MeterClaims() {}

  /** The claims of a registry. */
  static MeterClaims of(MeterRegistry registry) {
    synchronized (BY_REGISTRY) {
      return BY_REGISTRY.computeIfAbsent(registry, unknown -> new MeterClaims());
    }
  }

  /**
   * Claims a thing.
   *
   * @param claimant is compared by identity
   * @return whether it is the claimant's now
   */
  synchronized boolean claim(String kind, Tags tags, Object claimant) {
    Object first = claimants.putIfAbsent(new Thing(kind, tags), claimant);
    return first == null || first == claimant;
  }

  /** Ends the claim, if it is the claimant's. */
  synchronized void release(String kind, Tags tags, Object claimant) {
    claimants.remove(new Thing(kind, tags), claimant);
  }
}
