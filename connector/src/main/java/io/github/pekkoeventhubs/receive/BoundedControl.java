// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.RestartHold;
import io.github.pekkoeventhubs.SourceControl;
import io.github.pekkoeventhubs.threads.TimeLimits;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;

/**
 * The control of a source. Each stage that it returns completes within the hand-over timeout and
 * two seconds, whatever the stream does. Thread-safe.
 */
@InternalApi
public class BoundedControl implements SourceControl {

  /** The time that closing the connections may add to a hand-over. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final SourceLifetime lifetime;
  private final Duration handoverTimeout;

  /** The control of the source that has materialised {@code lifetime} with these settings. */
  public BoundedControl(SourceLifetime lifetime, ConsumerSettings settings) {
    this.lifetime = lifetime;
    this.handoverTimeout = settings.handoverTimeout();
  }

  @Override
  public final Optional<RestartHold> restartHold() {
    return Optional.of(lifetime);
  }

  @Override
  public final void endsWith(CompletionStage<?> streamCompletion) {
    lifetime.endsWith(streamCompletion);
  }

  @Override
  public final CompletionStage<Done> stop() {
    lifetime.stop();
    return bounded(lifetime.whenCompleted());
  }

  @Override
  public final CompletionStage<Done> shutdown() {
    lifetime.stop();
    return bounded(lifetime.whenReleased());
  }

  private CompletionStage<Done> bounded(CompletionStage<Done> stage) {
    return TimeLimits.completing(
            stage.toCompletableFuture(), Done.getInstance(), handoverTimeout.plus(GRACE))
        .minimalCompletionStage();
  }

  @Override
  public final <T> CompletionStage<T> drainAndShutdown(CompletionStage<T> streamCompletion) {
    lifetime.stop();
    CompletableFuture<T> result =
        TimeLimits.failing(
                streamCompletion.toCompletableFuture().copy(), handoverTimeout.plus(GRACE))
            .exceptionallyCompose(error -> CompletableFuture.failedFuture(explained(error)));
    return result
        .handle((value, error) -> shutdown().thenCompose(done -> result))
        .thenCompose(stage -> stage)
        .minimalCompletionStage();
  }

  private Throwable explained(Throwable error) {
    if (!(error instanceof TimeoutException)) {
      return error;
    }
    TimeoutException explained =
        new TimeoutException(
            "the stream has not completed within the hand-over timeout of "
                + DurationText.of(handoverTimeout)
                + "; its partitions are released, and what it has not acknowledged will be read again");
    explained.initCause(error);
    return explained;
  }

  @Override
  public final CompletionStage<Done> isShutdown() {
    return lifetime.whenReleased();
  }

  @Override
  public final void pause() {
    lifetime.pause();
  }

  @Override
  public final void resume() {
    lifetime.resume();
  }

  @Override
  public final ConsumerStatus status() {
    return lifetime.status();
  }
}
