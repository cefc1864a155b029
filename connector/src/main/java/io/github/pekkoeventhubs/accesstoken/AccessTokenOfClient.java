// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.accesstoken;

import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The token step of a client that fetches its tokens itself, within its requests, where a request
 * that is given up ends the fetch. A request whose answer nobody needs is sent ahead of the first
 * one, and again after one that was not answered in time: it has the time that a token takes, and
 * leaves the token in the client's cache. Others wait for it, as long as for an answer: what is
 * silent may as well be the service. Thread-safe and never blocking.
 */
@InternalApi
public final class AccessTokenOfClient implements AccessTokenStep {

  private final Supplier<? extends Mono<?>> request;
  private final Duration patience;
  private final Duration timeout;

  // All below is guarded by this.
  private boolean needed = true;
  private @Nullable CompletableFuture<?> underWay;

  /**
   * Sends nothing by itself.
   *
   * @param request makes the request to be sent ahead
   * @param patience how long others wait for it
   * @param timeout after which that request is given up
   */
  public AccessTokenOfClient(
      Supplier<? extends Mono<?>> request, Duration patience, Duration timeout) {
    this.request = request;
    this.patience = patience;
    this.timeout = timeout;
  }

  /** Completes when the request ahead has ended, at last after the patience; never fails. */
  @Override
  public Mono<Void> ready() {
    return Mono.defer(
        () -> {
          CompletableFuture<?> ahead = ahead();
          return ahead == null
              ? Mono.empty()
              : Mono.fromFuture(ahead.thenApply(ended -> ended))
                  .then()
                  .timeout(patience, OwnThreads.reactorTimer())
                  .onErrorResume(failure -> onTheWay());
        });
  }

  private synchronized @Nullable CompletableFuture<?> ahead() {
    if (needed && underWay == null) {
      needed = false;
      underWay =
          Mono.defer(request)
              .subscribeOn(OwnThreads.reactorPool())
              .timeout(timeout, OwnThreads.reactorTimer())
              .then()
              .onErrorResume(failure -> onTheWay())
              .doFinally(end -> ended())
              .toFuture();
      if (underWay.isDone()) {
        underWay = null;
      }
    }
    return underWay;
  }

  private static Mono<Void> onTheWay() {
    return Mono.<Void>empty().subscribeOn(OwnThreads.reactorPool());
  }

  private synchronized void ended() {
    underWay = null;
  }

  @Override
  public synchronized void requestTimedOut() {
    needed = true;
  }
}
