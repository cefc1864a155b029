// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StageFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;

/** What {@link CompletionStage} lacks: a start that may throw, and recovery by a stage. */
final class Stages {

  private Stages() {}

  /** The stage, or a failed one if it could not even be started. */
  static <T> CompletionStage<T> starting(Supplier<? extends CompletionStage<T>> start) {
    try {
      return start.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  /** The stage, or what {@code recovery} makes of its failure. */
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
