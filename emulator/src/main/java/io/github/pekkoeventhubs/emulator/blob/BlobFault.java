// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The handle of a fault: counts its hits and can end it. Safe for use by any thread. */
public final class BlobFault implements AutoCloseable {

  /** The effect of the fault on a request that it hits. */
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

  /** Whether it has hit as often as it should and will hit no more. */
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

  /** Ends the fault and releases the requests it holds; does nothing if it is over. */
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
      // Not earlier: a release has to find the requests that it still holds.
      if (ended.incrementAndGet() == rule.times()) {
        rule.faults().remove(this);
      }
    }
  }
}
