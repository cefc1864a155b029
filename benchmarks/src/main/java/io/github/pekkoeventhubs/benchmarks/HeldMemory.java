// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks;

import java.lang.management.ManagementFactory;

/**
 * The reachable part of the heap.
 *
 * @param bytes the bytes in use after everything else was collected
 */
public record HeldMemory(long bytes) {

  private static final int COLLECTIONS = 2;

  /** Collects garbage, which stops everything for a moment. */
  public static HeldMemory now() {
    for (int i = 0; i < COLLECTIONS; i++) {
      ManagementFactory.getMemoryMXBean().gc();
    }
    return new HeldMemory(ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
  }

  /** The number of bytes more than at another time; 0 if it is less. */
  public long above(HeldMemory before) {
    return Math.max(0, bytes - before.bytes);
  }
}
