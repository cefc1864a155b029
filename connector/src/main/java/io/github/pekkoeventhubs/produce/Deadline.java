// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.threads.OwnDispatcher;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Cancellable;

/**
 * Ends calls of the SDK that do not end themselves. The SDK has a time-out for each attempt, which
 * runs on a thread pool that the whole application shares; one call that never ended would keep a
 * partition from being sent to for ever. This one runs on the dispatcher of this library.
 */
final class Deadline {

  private final Duration time;
  private final ActorSystem system;

  Deadline(Duration time, ActorSystem system) {
    this.time = time;
    this.system = system;
  }

  /** The result of the call, or a {@link TimeoutException} when the time is over. */
  <T> CompletionStage<T> around(CompletableFuture<T> call) {
    CompletableFuture<T> result = new CompletableFuture<>();
    Cancellable timer =
        system
            .scheduler()
            .scheduleOnce(
                time,
                () -> {
                  if (result.completeExceptionally(
                      new TimeoutException(
                          "There was no answer within " + DurationText.of(time)))) {
                    call.cancel(true);
                  }
                },
                OwnDispatcher.of(system));
    call.whenComplete(
        (value, failure) -> {
          timer.cancel();
          if (failure == null) {
            result.complete(value);
          } else {
            result.completeExceptionally(failure);
          }
        });
    return result;
  }
}
