// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.produce;

import io.github.pekkoeventhubs.benchmarks.IncorrectResultException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/** Bounds how many sends are under way at a time. For one thread that sends. */
final class InFlight {

  private final int limit;
  private final Semaphore free;
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

  InFlight(int limit) {
    this.limit = limit;
    this.free = new Semaphore(limit);
  }

  /** Waits for its turn, and does not wait for the end. */
  void send(Mono<Void> sending) throws InterruptedException {
    free.acquire();
    sending
        .doFinally(signal -> free.release())
        .subscribe(sent -> {}, error -> failure.compareAndSet(null, error));
  }

  void awaitAll() throws InterruptedException {
    free.acquire(limit);
    Throwable error = failure.get();
    if (error != null) {
      throw new IncorrectResultException("a send has failed: " + error);
    }
  }
}
