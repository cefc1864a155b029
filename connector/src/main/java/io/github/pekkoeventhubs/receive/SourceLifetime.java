// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.RestartHold;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * What a source materialises: the stop, pause and status of its stage, and how far its life has got
 * (joined, completed, released). Thread-safe.
 */
@InternalApi
public final class SourceLifetime implements RestartHold {

  /** A stage that runs completes in no time. */
  private static final Duration STAGE_PATIENCE = Duration.ofSeconds(1);

  private final CompletableFuture<Done> completed = new CompletableFuture<>();
  private final CompletableFuture<Done> released = new CompletableFuture<>();
  private final CompletableFuture<Done> joined = new CompletableFuture<>();
  private final CompletableFuture<Done> holdEnded = new CompletableFuture<>();
  private final Duration restartHold;
  private final Runnable requestStop;
  private final Runnable leave;
  private volatile @Nullable RunningStream stream;
  private volatile boolean pausedBeforeStart;
  private volatile boolean stopRequested;
  private volatile Duration hold = Duration.ZERO;

  /**
   * @param restartHold how long a source that has failed keeps its partitions, if it is told to
   * @param requestStop completes the source; may be called at any time and often
   * @param leave gives up what the source owns although it has not completed; may be called often
   */
  SourceLifetime(Duration restartHold, Runnable requestStop, Runnable leave) {
    this.restartHold = restartHold;
    this.requestStop = requestStop;
    this.leave = leave;
  }

  void started(RunningStream running) {
    stream = running;
    if (pausedBeforeStart) {
      running.pause();
    }
  }

  void joined() {
    joined.complete(Done.getInstance());
  }

  boolean isStopRequested() {
    return stopRequested;
  }

  /** Completes when a source that has failed may give up what it owns. */
  CompletionStage<Done> whenHoldEnds() {
    if (hold.isZero()) {
      end();
    }
    return holdEnded.completeOnTimeout(Done.getInstance(), hold.toMillis(), TimeUnit.MILLISECONDS);
  }

  void completed() {
    completed.complete(Done.getInstance());
  }

  void released() {
    released.complete(Done.getInstance());
  }

  /** Completes the source; its partitions are then drained, flushed and released. */
  public void stop() {
    stopRequested = true;
    end();
    requestStop.run();
    // A stage whose thread is blocked, by the operators it is fused with, never hears of it.
    CompletableFuture.delayedExecutor(STAGE_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .execute(
            () -> {
              if (!completed.isDone()) {
                leave.run();
              }
            });
  }

  @Override
  public void keepAfterFailure() {
    hold = restartHold;
  }

  @Override
  public void end() {
    holdEnded.complete(Done.getInstance());
  }

  /** A source that ends before it has joined takes nothing over. */
  @Override
  public CompletionStage<Done> whenTakenOver() {
    return joined.applyToEither(completed, Function.identity()).minimalCompletionStage();
  }

  /** Completes when the source emits nothing more. */
  public CompletionStage<Done> whenCompleted() {
    return completed.minimalCompletionStage();
  }

  /** Completes when nothing is owned any more and the connections are closed. */
  public CompletionStage<Done> whenReleased() {
    return released.minimalCompletionStage();
  }

  /** Stops emitting, and in consequence receiving, and keeps what is owned. */
  public void pause() {
    pausedBeforeStart = true;
    RunningStream running = stream;
    if (running != null) {
      running.pause();
    }
  }

  /** Goes on emitting. */
  public void resume() {
    pausedBeforeStart = false;
    RunningStream running = stream;
    if (running != null) {
      running.resume();
    }
  }

  /** What the source is doing. */
  public ConsumerStatus status() {
    RunningStream running = stream;
    return running == null ? new ConsumerStatus(Map.of()) : running.status();
  }
}
