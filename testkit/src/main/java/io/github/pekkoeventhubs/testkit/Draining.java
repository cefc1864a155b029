// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** Ends a drain as the connector does. */
final class Draining {

  /** The default of the connector's {@code handover-timeout}. */
  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  private Draining() {}

  /** Fails with a {@link java.util.concurrent.TimeoutException} if the stream does not complete. */
  static <T> CompletionStage<T> within(CompletionStage<T> streamCompletion) {
    CompletableFuture<T> result = new CompletableFuture<>();
    streamCompletion.whenComplete(
        (value, error) -> {
          if (error == null) {
            result.complete(value);
          } else {
            result.completeExceptionally(error);
          }
        });
    return result.orTimeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }
}
