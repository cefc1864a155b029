// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.lease;

import io.github.pekkoeventhubs.PartitionStoreException;
import io.github.pekkoeventhubs.StageFailure;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.actor.Scheduler;
import org.apache.pekko.coordination.lease.LeaseTimeoutException;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;

/**
 * One acquisition or release of a lease: tried until it succeeds, fails for good or takes too long.
 */
final class LeaseOperation {

  private final String name;
  private final Duration timeout;
  private final Duration retryDelay;
  private final Scheduler scheduler;
  private final ExecutionContext executionContext;
  private final CompletableFuture<Boolean> result = new CompletableFuture<>();
  private volatile @Nullable Throwable lastFailure;

  LeaseOperation(
      String name,
      Duration timeout,
      Duration retryDelay,
      Scheduler scheduler,
      ExecutionContext executionContext) {
    this.name = name;
    this.timeout = timeout;
    this.retryDelay = retryDelay;
    this.scheduler = scheduler;
    this.executionContext = executionContext;
  }

  /**
   * Runs it, once.
   *
   * @param undo called if an attempt succeeds after the time is over
   */
  CompletionStage<Boolean> run(Supplier<CompletionStage<Boolean>> attempt, Runnable undo) {
    Cancellable timer =
        scheduler.scheduleOnce(
            timeout, () -> result.completeExceptionally(tooLate()), executionContext);
    attempt(attempt, undo);
    return result.whenComplete((done, failure) -> timer.cancel());
  }

  private void attempt(Supplier<CompletionStage<Boolean>> attempt, Runnable undo) {
    if (result.isDone()) {
      return;
    }
    attempt
        .get()
        .whenComplete(
            (done, failure) -> {
              if (failure == null) {
                if (!result.complete(done) && done) {
                  undo.run();
                }
              } else {
                failed(StageFailure.causeOf(failure), attempt, undo);
              }
            });
  }

  private void failed(
      Throwable failure, Supplier<CompletionStage<Boolean>> attempt, Runnable undo) {
    lastFailure = failure;
    if (failure instanceof PartitionStoreException e && e.isTransient()) {
      scheduler.scheduleOnce(retryDelay, () -> attempt(attempt, undo), executionContext);
    } else {
      result.completeExceptionally(failure);
    }
  }

  private LeaseTimeoutException tooLate() {
    Throwable reason = lastFailure;
    return new LeaseTimeoutException(
        "could not "
            + name
            + " within "
            + timeout.toMillis()
            + " ms"
            + (reason == null ? "" : ": " + StageFailure.inWords(reason)));
  }
}
