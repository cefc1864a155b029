// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.threads.OwnThreads;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiConsumer;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;
import org.apache.pekko.annotation.InternalApi;

/**
 * Tries a write to the store again that fails for a passing reason, as long as a {@link WriteRetry}
 * says. Thread-safe. The attempts of one write follow one another on the threads of this library,
 * whatever has become of whoever has begun it.
 */
@InternalApi
public final class RepeatedWrite {

  /** Somebody who knows of the writes, or says what becomes of them. Any thread. */
  public interface Observer {

    /**
     * A write begins.
     *
     * @param result the one of the write, whatever number of attempts it takes
     */
    default void begun(CompletionStage<?> result) {}

    /**
     * The first attempt has failed.
     *
     * @param isTriedAgain whether another one follows
     */
    void firstAttemptFailed(Throwable failure, boolean isTriedAgain);

    /** The write is done, after as many attempts that have failed; never called for none. */
    void doneAfter(int failures);
  }

  /** Whoever sees the result of a write needs no observer. */
  public static final Observer UNOBSERVED =
      new Observer() {
        @Override
        public void firstAttemptFailed(Throwable failure, boolean isTriedAgain) {
          // Whoever waits for the result sees the last failure.
        }

        @Override
        public void doneAfter(int failures) {
          // Whoever waits for the result sees the answer.
        }
      };

  private final WriteRetry retry;
  private final BiConsumer<Duration, Runnable> timer;
  private final DoubleSupplier random;

  /** Repeats by this rule. */
  public RepeatedWrite(WriteRetry retry) {
    this(
        retry,
        (delay, task) -> OwnThreads.later(delay, task),
        () -> ThreadLocalRandom.current().nextDouble());
  }

  RepeatedWrite(WriteRetry retry, BiConsumer<Duration, Runnable> timer, DoubleSupplier random) {
    this.retry = retry;
    this.timer = timer;
    this.random = random;
  }

  /**
   * Begins a write.
   *
   * @param write one attempt; it has to be one that can be repeated after it was applied without an
   *     answer
   * @return the answer of the attempt that has succeeded, or the failure of the last one
   */
  public <T> CompletionStage<T> begin(Supplier<CompletionStage<T>> write, Observer observer) {
    Attempts<T> attempts = new Attempts<>(write, observer);
    observer.begun(attempts.result);
    attempts.next();
    return attempts.result;
  }

  private final class Attempts<T> {
    private final Supplier<CompletionStage<T>> write;
    private final Observer observer;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private Duration waited = Duration.ZERO;
    private int failures;

    Attempts(Supplier<CompletionStage<T>> write, Observer observer) {
      this.write = write;
      this.observer = observer;
    }

    void next() {
      Stages.starting(write)
          .whenComplete(
              (answer, failure) -> {
                if (failure == null) {
                  succeeded(answer);
                } else {
                  failed(StageFailure.causeOf(failure));
                }
              });
    }

    private void succeeded(T answer) {
      if (failures > 0) {
        observer.doneAfter(failures);
      }
      result.complete(answer);
    }

    private void failed(Throwable failure) {
      failures++;
      Duration delay = retry.delay(failures, random.getAsDouble(), failure);
      waited = waited.plus(delay);
      boolean again = WriteRetry.isPassing(failure) && waited.compareTo(retry.giveUpAfter()) <= 0;
      if (failures == 1) {
        observer.firstAttemptFailed(failure, again);
      }
      if (again) {
        timer.accept(delay, this::next);
      } else {
        result.completeExceptionally(failure);
      }
    }
  }
}
