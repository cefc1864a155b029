// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.blob;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
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

  /** Which requests a fault is for. */
  @FunctionalInterface
  interface Condition {
    boolean matches(BlobOperation operation, BlobAddress address);
  }

  private final int times;
  private final @Nullable String container;
  private final Condition condition;
  private final Effect effect;
  private final Consumer<BlobFault> removal;
  private final AtomicLong hits = new AtomicLong();
  private final AtomicLong ended = new AtomicLong();
  private final CountDownLatch released = new CountDownLatch(1);

  /**
   * @param container the only container it is for; null for all
   * @param removal called when it hits no more, once or several times
   */
  BlobFault(
      int times,
      @Nullable String container,
      Condition condition,
      Effect effect,
      Consumer<BlobFault> removal) {
    this.times = times;
    this.container = container;
    this.condition = condition;
    this.effect = effect;
    this.removal = removal;
  }

  /** How many requests it has hit so far; counted when the fault begins, before a delay is over. */
  public long hits() {
    return hits.get();
  }

  /** Whether it has hit as often as it should and will hit no more. */
  public boolean exhausted() {
    return hits.get() >= times;
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
    removal.accept(this);
    release();
  }

  /** The same as {@link #cancel()}. */
  @Override
  public void close() {
    cancel();
  }

  /** The only container it is for; null for all. */
  @Nullable String container() {
    return container;
  }

  /** Whether this request is one for the fault; if so, it counts as a hit. */
  boolean take(BlobOperation operation, BlobAddress address) {
    if (exhausted() || !condition.matches(operation, address)) {
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
      if (ended.incrementAndGet() == times) {
        removal.accept(this);
      }
    }
  }
}
