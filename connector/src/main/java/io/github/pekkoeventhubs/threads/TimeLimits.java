// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import io.github.pekkoeventhubs.DurationText;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.annotation.InternalApi;

/**
 * Time limits of futures. Those of the JDK run what follows on one thread of the process: what
 * another part of the application does there can block it. These run what follows on a thread of
 * this library's pool.
 */
@InternalApi
public final class TimeLimits {

  private TimeLimits() {}

  /** Fails the future with a {@link TimeoutException} when the time is over. Returns the future. */
  public static <T> CompletableFuture<T> failing(CompletableFuture<T> future, Duration limit) {
    return limited(
        future,
        limit,
        () ->
            future.completeExceptionally(
                new TimeoutException("not done within " + DurationText.of(limit))));
  }

  /** Completes the future with the value when the time is over. Returns the future. */
  public static <T> CompletableFuture<T> completing(
      CompletableFuture<T> future, T value, Duration limit) {
    return limited(future, limit, () -> future.complete(value));
  }

  private static <T> CompletableFuture<T> limited(
      CompletableFuture<T> future, Duration limit, Runnable end) {
    if (future.isDone()) {
      return future;
    }
    Future<?> timer = OwnThreads.cancellable(limit, end);
    var unused = future.whenComplete((value, failure) -> timer.cancel(false));
    return future;
  }
}
