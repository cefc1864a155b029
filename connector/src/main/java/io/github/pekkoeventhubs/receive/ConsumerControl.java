// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerSettings;
import io.github.pekkoeventhubs.ConsumerStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;

/**
 * How a source is stopped: always, and within its bounds, whatever the stream does. Thread-safe.
 */
@InternalApi
public final class ConsumerControl {

  /** What closing the connections may add to a hand-over. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final ConsumerHandle handle;
  private final Duration handoverTimeout;
  private final Duration restartHold;

  /** The control of a source with these settings. */
  public ConsumerControl(ConsumerHandle handle, ConsumerSettings settings) {
    this.handle = handle;
    this.handoverTimeout = settings.handoverTimeout();
    this.restartHold = settings.restartHold();
  }

  /** If the source fails, another incarnation is to follow, for which its partitions are kept. */
  public void holdAfterFailure() {
    handle.holdAfterFailure(restartHold);
  }

  /** Nothing follows any more. */
  public void endHold() {
    handle.endHold();
  }

  /** This incarnation has followed another: what that one has kept comes here. */
  public void succeed(ConsumerControl previous) {
    handle.whenJoined().thenRun(previous::endHold);
    // One that ends before it has joined takes nothing over.
    handle.whenCompleted().thenRun(previous::endHold);
  }

  /** Completes the source. */
  public CompletionStage<Done> stop() {
    handle.stop();
    return bounded(handle.whenCompleted());
  }

  /** Completes the source and waits until everything is released. */
  public CompletionStage<Done> shutdown() {
    handle.stop();
    return bounded(handle.whenReleased());
  }

  private CompletionStage<Done> bounded(CompletionStage<Done> stage) {
    return stage
        .toCompletableFuture()
        .completeOnTimeout(
            Done.getInstance(), handoverTimeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)
        .minimalCompletionStage();
  }

  /** Completes the source, lets the stream end, and waits until everything is released. */
  public <T> CompletionStage<T> drainAndShutdown(CompletionStage<T> streamCompletion) {
    handle.stop();
    CompletableFuture<T> result =
        streamCompletion
            .toCompletableFuture()
            .copy()
            .orTimeout(handoverTimeout.plus(GRACE).toMillis(), TimeUnit.MILLISECONDS)
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
                + handoverTimeout
                + "; its partitions are released, and what it has not acknowledged will be read again");
    explained.initCause(error);
    return explained;
  }

  /** Completes when the source has ended and nothing is owned any more. */
  public CompletionStage<Done> isShutdown() {
    return handle.whenReleased();
  }

  /** Stops emitting. */
  public void pause() {
    handle.pause();
  }

  /** Goes on emitting. */
  public void resume() {
    handle.resume();
  }

  /** What the source is doing. */
  public ConsumerStatus status() {
    return handle.status();
  }
}
