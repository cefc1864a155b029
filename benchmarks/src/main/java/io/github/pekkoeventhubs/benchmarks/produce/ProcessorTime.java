// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.produce;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;

/**
 * The processor time that all threads of Java together have used since a moment, without those that
 * ended meanwhile, compilers and collectors. Unlike a rate it hardly depends on what else the
 * machine does.
 */
final class ProcessorTime {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final long before;

  private ProcessorTime(long before) {
    this.before = before;
  }

  static ProcessorTime now() {
    return new ProcessorTime(used());
  }

  long nanosSinceThen() {
    return used() - before;
  }

  private static long used() {
    return Arrays.stream(THREADS.getThreadCpuTime(THREADS.getAllThreadIds()))
        .filter(nanos -> nanos > 0)
        .sum();
  }
}
