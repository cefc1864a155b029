// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.RestartHold;
import io.github.pekkoeventhubs.threads.OwnThreads;
import io.github.pekkoeventhubs.threads.TimeLimits;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * The materialised value of a source: stops and pauses its stage, shows its status, and completes
 * futures when the source has joined, completed and released its partitions. Thread-safe.
 */
@InternalApi
public final class SourceLifetime implements RestartHold {

  /**
   * How long the shutdown of the actor system waits for the rest of a stream whose source has ended
   * and handed everything over. The rest may run on, if it has further sources.
   */
  private static final Duration REST_OF_THE_STREAM = Duration.ofSeconds(1);

  /** A running stage that is told to complete does so well within this time. */
  private static final Duration STAGE_PATIENCE = Duration.ofSeconds(1);

  private final CompletableFuture<Done> completed = new CompletableFuture<>();
  private final CompletableFuture<Done> released = new CompletableFuture<>();
  private final CompletableFuture<Done> joined = new CompletableFuture<>();
  private final CompletableFuture<Done> holdEnded = new CompletableFuture<>();
  private final Duration restartHold;
  private final Runnable requestStop;
  private final Runnable leave;
  private volatile @Nullable MaterializedSource stream;

  /** Guarded by this, so that a pause and its end reach the stream in their order. */
  private boolean pausedBeforeStart;

  private volatile boolean stopRequested;
  private volatile Duration hold = Duration.ZERO;
  private volatile CompletionStage<?> streamCompletion =
      CompletableFuture.completedFuture(Done.getInstance());

  /**
   * @param restartHold how long a source that has failed keeps its partitions, if a restart is
   *     expected
   * @param requestStop completes the source; may be called at any time and often
   * @param leave gives up what the source owns although it has not completed; may be called often
   */
  SourceLifetime(Duration restartHold, Runnable requestStop, Runnable leave) {
    this.restartHold = restartHold;
    this.requestStop = requestStop;
    this.leave = leave;
  }

  synchronized void started(MaterializedSource running) {
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
    return TimeLimits.completing(holdEnded, Done.getInstance(), hold);
  }

  void completed() {
    completed.complete(Done.getInstance());
  }

  void released() {
    released.complete(Done.getInstance());
  }

  void endsWith(CompletionStage<?> completion) {
    streamCompletion = completion;
  }

  /**
   * Ends the source where the actor system shuts down and everything has been handed over.
   *
   * @return completes when the whole stream has ended, or a moment after the source has
   */
  CompletionStage<Done> endAtShutdown() {
    stop();
    return whenReleased().thenCompose(done -> restOfTheStream());
  }

  private CompletionStage<Done> restOfTheStream() {
    CompletableFuture<Done> ended = new CompletableFuture<>();
    streamCompletion.whenComplete((result, failure) -> ended.complete(Done.getInstance()));
    OwnThreads.later(REST_OF_THE_STREAM, () -> ended.complete(Done.getInstance()));
    return ended;
  }

  /** Completes the source; its partitions are then drained, flushed and released. */
  public void stop() {
    stopRequested = true;
    end();
    requestStop.run();
    // A stage does not react while its thread is blocked by the operators it is fused with.
    OwnThreads.later(
        STAGE_PATIENCE,
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
  public synchronized void pause() {
    pausedBeforeStart = true;
    MaterializedSource running = stream;
    if (running != null) {
      running.pause();
    }
  }

  /** Goes on emitting. */
  public synchronized void resume() {
    pausedBeforeStart = false;
    MaterializedSource running = stream;
    if (running != null) {
      running.resume();
    }
  }

  /** The source that runs; empty before it has made its clients. */
  Optional<MaterializedSource> source() {
    return Optional.ofNullable(stream);
  }

  /** Returns the status of the source. */
  public ConsumerStatus status() {
    MaterializedSource running = stream;
    return running == null ? new ConsumerStatus(Map.of()) : running.status();
  }
}
