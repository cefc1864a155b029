// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StageFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Two operations that {@link CompletionStage} lacks: a start that may throw, and recovery by a
 * stage.
 */
final class Stages {

  private Stages() {}

  /** Returns the stage, or a failed one if starting it has thrown an exception. */
  static <T> CompletionStage<T> starting(Supplier<? extends CompletionStage<T>> start) {
    try {
      return start.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /**
   * Returns a stage with the result of the given one, or with the result of {@code recovery} if it
   * fails.
   */
  static <T> CompletionStage<T> recovering(
      CompletionStage<T> stage, Function<Throwable, CompletionStage<T>> recovery) {
    return stage
        .handle(
            (result, failure) ->
                failure == null
                    ? CompletableFuture.completedStage(result)
                    : recovery.apply(StageFailure.causeOf(failure)))
        .thenCompose(Function.identity());
  }
}
