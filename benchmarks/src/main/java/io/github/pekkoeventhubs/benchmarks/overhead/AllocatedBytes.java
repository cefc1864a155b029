// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.overhead;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * The bytes that all threads together have allocated since a moment, without threads that ended
 * meanwhile.
 */
final class AllocatedBytes {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final long before;

  private AllocatedBytes(long before) {
    this.before = before;
  }

  static AllocatedBytes now() {
    return new AllocatedBytes(allocated());
  }

  long sinceThen() {
    return allocated() - before;
  }

  private static long allocated() {
    return Arrays.stream(THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds()))
        .filter(bytes -> bytes > 0)
        .sum();
  }
}
