// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.javadsl;

import io.github.pekkoeventhubs.ConsumerStatus;
import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.RestartHold;
import io.github.pekkoeventhubs.SourceControl;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import io.github.pekkoeventhubs.threads.TimeLimits;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.jspecify.annotations.Nullable;

/** One control over sources of which each follows the one before it after a failure. */
abstract class Incarnations implements SourceControl {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.Consumer");

  /** The default hand-over timeout and some more: nothing has settings yet. */
  private static final Duration FIRST_INCARNATION = Duration.ofSeconds(10);

  private final Duration firstIncarnation;
  private final CompletableFuture<Done> firstAttached = new CompletableFuture<>();
  private final CompletableFuture<Done> shutdown = new CompletableFuture<>();
  private final AtomicBoolean warned = new AtomicBoolean();

  // Guarded by this.
  private @Nullable SourceControl current;
  private @Nullable CompletionStage<?> completion;
  private boolean stopRequested;
  private boolean streamHasEnded;
  private boolean paused;

  Incarnations() {
    this(FIRST_INCARNATION);
  }

  /**
   * @param firstIncarnation how long a drain waits for something to drain
   */
  Incarnations(Duration firstIncarnation) {
    this.firstIncarnation = firstIncarnation;
  }

  /** Follows a new incarnation. */
  final void attached(SourceControl incarnation) {
    SourceControl previous;
    boolean stop;
    boolean pause;
    CompletionStage<?> end;
    synchronized (this) {
      end = completion;
      previous = current;
      current = incarnation;
      stop = stopRequested;
      pause = paused;
    }
    incarnation
        .restartHold()
        .ifPresentOrElse(
            hold -> {
              hold.keepAfterFailure();
              hold.whenTakenOver().thenRun(() -> endHold(previous));
            },
            () -> warnOf(incarnation));
    if (end != null) {
      incarnation.endsWith(end);
    }
    if (pause) {
      incarnation.pause();
    }
    if (stop) {
      incarnation.stop();
      endHold(previous);
    }
    firstAttached.complete(Done.getInstance());
    incarnation.isShutdown().thenRun(() -> incarnationEnded(incarnation));
  }

  private void warnOf(SourceControl incarnation) {
    if (!warned.getAndSet(true)) {
      LOG.warn(
          LogKeys.NONE,
          "the control of class {} keeps no partitions when its stream fails: restart-hold has no"
              + " effect, and they may move to other nodes during the backoff; override"
              + " Control.restartHold() and answer with that of the control it wraps",
          incarnation.getClass().getName());
    }
  }

  /** Ends when the whole stream does, after the last incarnation. */
  @Override
  public final void endsWith(CompletionStage<?> streamCompletion) {
    SourceControl running;
    synchronized (this) {
      completion = streamCompletion;
      running = current;
    }
    if (running != null) {
      running.endsWith(streamCompletion);
    }
    streamCompletion.whenComplete(
        (result, error) -> {
          SourceControl last;
          synchronized (this) {
            streamHasEnded = true;
            last = current;
          }
          endHold(last);
          completeWith(last);
        });
  }

  private static void endHold(@Nullable SourceControl control) {
    if (control != null) {
      control.restartHold().ifPresent(RestartHold::end);
    }
  }

  /** Answers the incarnation that was attached last. */
  private @Nullable SourceControl requestStop() {
    SourceControl last;
    synchronized (this) {
      stopRequested = true;
      last = current;
    }
    completeWith(last);
    return last;
  }

  private void completeWith(@Nullable SourceControl last) {
    if (last == null) {
      shutdown.complete(Done.getInstance());
    } else {
      last.isShutdown().thenRun(() -> incarnationEnded(last));
    }
  }

  private void incarnationEnded(SourceControl incarnation) {
    boolean last;
    synchronized (this) {
      last = current == incarnation && (stopRequested || streamHasEnded);
    }
    if (last) {
      shutdown.complete(Done.getInstance());
    }
  }

  private synchronized @Nullable SourceControl current() {
    return current;
  }

  private static CompletionStage<Done> done() {
    return CompletableFuture.completedFuture(Done.getInstance());
  }

  /**
   * Stops the incarnation that runs, and every later one. The restarted part sees a completion, and
   * with {@code onFailuresWithBackoff} completes; during a backoff it does so when the backoff is
   * over.
   */
  @Override
  public CompletionStage<Done> stop() {
    SourceControl last = requestStop();
    return last == null ? done() : last.stop();
  }

  /** Stops, and waits until every partition is released; see {@link SourceControl#shutdown}. */
  @Override
  public CompletionStage<Done> shutdown() {
    SourceControl last = requestStop();
    return last == null ? done() : last.shutdown();
  }

  /**
   * Drains the incarnation that runs; see {@link SourceControl#drainAndShutdown}. A backoff that is
   * not over within the hand-over timeout fails the result with a {@link
   * java.util.concurrent.TimeoutException}, although nothing is left to drain: how the stream ends
   * is not known before. So does a stream that has neither attached an incarnation nor ended within
   * 10 s.
   */
  @Override
  public <T> CompletionStage<T> drainAndShutdown(CompletionStage<T> streamCompletion) {
    requestStop();
    CompletionStage<T> drained =
        TimeLimits.failing(
                CompletableFuture.anyOf(
                    firstAttached,
                    streamCompletion
                        .handle((result, error) -> Done.getInstance())
                        .toCompletableFuture()),
                firstIncarnation)
            .exceptionallyCompose(error -> CompletableFuture.failedFuture(neverBegun()))
            .thenCompose(
                begun -> {
                  SourceControl last = current();
                  return last == null ? streamCompletion : last.drainAndShutdown(streamCompletion);
                });
    return drained
        .handle((result, error) -> shutdown().thenCompose(released -> drained))
        .thenCompose(Function.identity());
  }

  private TimeoutException neverBegun() {
    return new TimeoutException(
        "no incarnation of the source was attached within "
            + DurationText.of(firstIncarnation)
            + ", and the stream has not ended: there is nothing to drain. One that is attached"
            + " later is stopped at once");
  }

  /**
   * Completes when no incarnation owns anything any more and none is expected: this was stopped, or
   * the stream given to {@link #endsWith} has ended.
   */
  @Override
  public CompletionStage<Done> isShutdown() {
    return shutdown.minimalCompletionStage();
  }

  /** Pauses the incarnation that runs, and every later one, until {@link #resume}. */
  @Override
  public void pause() {
    pause(true);
  }

  @Override
  public void resume() {
    pause(false);
  }

  private void pause(boolean pause) {
    SourceControl last;
    synchronized (this) {
      paused = pause;
      last = current;
    }
    if (last != null) {
      if (pause) {
        last.pause();
      } else {
        last.resume();
      }
    }
  }

  /** The control of the incarnation that was attached last; this one before the first. */
  @Override
  public SourceControl incarnation() {
    SourceControl last = current();
    return last == null ? this : last.incarnation();
  }

  /** The status of the incarnation that was attached last; empty before the first. */
  @Override
  public ConsumerStatus status() {
    SourceControl last = current();
    return last == null ? new ConsumerStatus(Map.of()) : last.status();
  }
}
