// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for answers, and for conditions that nobody announces. */
final class Waiting {

  private static final Duration INTERVAL = Duration.ofMillis(5);

  /** How long the services of a test may take for an answer. */
  static final Duration ANSWER = Duration.ofSeconds(20);

  private Waiting() {}

  /** Returns the value with which the stage completes within 20 seconds; throws its failure. */
  static <T> T forAnswer(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(ANSWER.toSeconds(), TimeUnit.SECONDS).join();
  }

  /**
   * Returns when the condition holds.
   *
   * @throws AssertionError if it does not in time
   */
  static void until(Duration patience, BooleanSupplier condition, Supplier<String> failure) {
    if (!becomes(patience, condition)) {
      throw new AssertionError(failure.get());
    }
  }

  /** Whether the condition holds in time; looks at least twice. */
  static boolean becomes(Duration patience, BooleanSupplier condition) {
    long start = System.nanoTime();
    boolean last = false;
    while (!condition.getAsBoolean()) {
      if (last || Thread.currentThread().isInterrupted()) {
        return false;
      }
      LockSupport.parkNanos(INTERVAL.toNanos());
      last = System.nanoTime() - start > patience.toNanos();
    }
    return true;
  }
}
