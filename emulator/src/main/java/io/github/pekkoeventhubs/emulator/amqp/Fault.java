// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import io.github.pekkoeventhubs.emulator.Internal;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A fault that hits a given number of times; any thread may read its count. */
@Internal
public final class Fault {
  private final AtomicInteger remaining;
  private final AtomicLong hits = new AtomicLong();

  public Fault(int times) {
    remaining = new AtomicInteger(times);
  }

  /** How often it has struck. */
  public long hits() {
    return hits.get();
  }

  /** It strikes no more. */
  public void cancel() {
    remaining.set(0);
  }

  boolean isSpent() {
    return remaining.get() == 0;
  }

  /** Strikes, unless it is spent. */
  boolean strike() {
    if (remaining.getAndUpdate(times -> Math.max(0, times - 1)) == 0) {
      return false;
    }
    hits.incrementAndGet();
    return true;
  }

  /** Counts these hits, whatever the given number of times. */
  void struck(long times) {
    hits.addAndGet(times);
  }
}
