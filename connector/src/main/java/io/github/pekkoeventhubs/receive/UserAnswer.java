// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;

/**
 * Waits for a stage that a function of the user has returned. The log names a function that takes
 * long. A stage that never completes counts as one that has failed. Any thread.
 *
 * @param warnAfter when the log says that the answer is waited for
 * @param failAfter when the answer counts as failed
 */
record UserAnswer(Duration warnAfter, Duration failAfter) {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.Consumer");

  /** The times for a function on which the start of a partition depends. */
  static UserAnswer ofAssignment(ConsumerSettings settings) {
    return new UserAnswer(settings.metadataTimeout(), settings.ownership().validity());
  }

  /**
   * Returns a stage that completes as the given one does, or fails with a {@link TimeoutException}
   * when the time is over.
   *
   * @param function the user's name for the function
   */
  <T> CompletionStage<T> within(
      String function, EventHubPartition partition, CompletionStage<T> answer) {
    CompletableFuture<T> bounded = new CompletableFuture<>();
    answer.whenComplete(
        (value, error) -> {
          if (error == null) {
            bounded.complete(value);
          } else {
            bounded.completeExceptionally(error);
          }
        });
    if (bounded.isDone()) {
      return bounded;
    }
    Future<?> warning = OwnThreads.cancellable(warnAfter, () -> warn(function, partition));
    Future<?> end =
        OwnThreads.cancellable(failAfter, () -> bounded.completeExceptionally(tooLate()));
    return bounded.whenComplete(
        (value, error) -> {
          warning.cancel(false);
          end.cancel(false);
        });
  }

  private void warn(String function, EventHubPartition partition) {
    LOG.warn(
        LogKeys.of(partition),
        "[{}] {} has not completed its stage for {}: the partition is owned here and not read."
            + " After {} the stream fails",
        partition,
        function,
        DurationText.of(warnAfter),
        DurationText.of(failAfter));
  }

  private TimeoutException tooLate() {
    return new TimeoutException(
        "its stage has not completed within ownership.validity ("
            + DurationText.of(failAfter)
            + "); complete it in every case, with a failure if there is no position");
  }
}
