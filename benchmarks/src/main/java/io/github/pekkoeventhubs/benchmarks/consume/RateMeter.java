// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.consume;

import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures the rate of events without the first tenth, in which credit is granted and threads wake
 * up, and the last tenth, in which some partitions have ended already.
 *
 * <p>Counting costs an addition per event; a value that several threads share is updated once in
 * {@value #STEP} events.
 */
public final class RateMeter {

  private static final int STEP = 256;
  private static final long PATIENCE_SECONDS = 120;

  private final long from;
  private final long to;
  private final long all;
  private final AtomicLong counted = new AtomicLong();
  private final CountDownLatch measured = new CountDownLatch(1);
  private final CountDownLatch complete = new CountDownLatch(1);
  private volatile long fromNanos;
  private volatile long toNanos;

  /**
   * @param events how many will come; a multiple of {@value #STEP} for each counter, so that the
   *     last is not overlooked
   */
  public RateMeter(long events) {
    all = events;
    from = events / 10;
    to = events - events / 10;
  }

  /** A counter for one thread at a time, such as that of a partition. */
  public Counter counter() {
    return new Counter();
  }

  /** Waits until enough events have come, and answers how many came in a second. */
  public double eventsPerSecond() throws InterruptedException {
    await(measured);
    return (to - from) / ((toNanos - fromNanos) / 1e9);
  }

  /**
   * Waits until all have come.
   *
   * @throws IncorrectResultException if more have
   */
  public void awaitAll() throws InterruptedException {
    await(complete);
    if (counted.get() > all) {
      throw new IncorrectResultException(counted + " events have come, and " + all + " were sent");
    }
  }

  private void await(CountDownLatch latch) throws InterruptedException {
    if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IncorrectResultException("of " + all + " events only " + counted + " came in time");
    }
  }

  private void add(int events) {
    long total = counted.addAndGet(events);
    long before = total - events;
    if (before < from && total >= from) {
      fromNanos = System.nanoTime();
    }
    if (before < to && total >= to) {
      toNanos = System.nanoTime();
      measured.countDown();
    }
    if (total >= all) {
      complete.countDown();
    }
  }

  /** See {@link RateMeter#counter}. */
  public final class Counter {
    private int events;

    private Counter() {}

    /** An event has come. */
    public void count() {
      if (++events == STEP) {
        add(STEP);
        events = 0;
      }
    }

    /** How many have come. */
    public void count(int more) {
      events += more;
      if (events >= STEP) {
        add(events);
        events = 0;
      }
    }
  }
}
