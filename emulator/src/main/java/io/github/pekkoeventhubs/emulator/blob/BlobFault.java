// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A fault that has been ordered: says how often it hit and takes it back. Safe for use by any
 * thread.
 */
public final class BlobFault implements AutoCloseable {

  /** What becomes of a request that the fault hits. */
  @FunctionalInterface
  interface Effect {
    /**
     * Stands in for the request, which it may or may not perform.
     *
     * @return the reply, or null to drop the connection
     */
    @Nullable HttpResponse on(Supplier<HttpResponse> request, CountDownLatch released)
        throws InterruptedException;
  }

  private final BlobFaults.Rule rule;
  private final Effect effect;
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final CountDownLatch released = new CountDownLatch(1);

  BlobFault(BlobFaults.Rule rule, Effect effect) {
    this.rule = rule;
    this.effect = effect;
  }

  /** How many requests it has hit so far; counted when the fault begins, before a delay is over. */
  public long hits() {
    return hits.get();
  }

  /** Whether it has hit as often as it was ordered to and will hit no more. */
  public boolean exhausted() {
    return hits.get() >= rule.times();
  }

  /**
   * Lets the requests go on that this fault delays or holds, and those it would delay or hold
   * later. No effect on other kinds of fault.
   */
  public void release() {
    released.countDown();
  }

  /** Takes the fault back and releases what it holds; does nothing if it is over. */
  public void cancel() {
    rule.faults().remove(this);
    release();
  }

  /** The same as {@link #cancel()}. */
  @Override
  public void close() {
    cancel();
  }

  /** The only container it is for; null for all. */
  @Nullable String container() {
    return rule.faults().container();
  }

  /** Whether this request is one for the fault; if so, it counts as a hit. */
  boolean take(BlobOperation operation, BlobAddress address) {
    if (exhausted() || !rule.matches(operation, address)) {
      return false;
    }
    hits.incrementAndGet();
    return true;
  }

  /** To be called once for each request that was {@linkplain #take taken}. */
  @Nullable HttpResponse on(Supplier<HttpResponse> request) throws InterruptedException {
    try {
      return effect.on(request, released);
    } finally {
      // Not earlier: what it still holds has to be found by those who release it.
      if (ended.incrementAndGet() == rule.times()) {
        rule.faults().remove(this);
      }
    }
  }
}
