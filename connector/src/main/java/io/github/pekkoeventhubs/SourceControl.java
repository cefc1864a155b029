// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;

/**
 * Stops, pauses and watches a running source. Streams know it as {@code Consumer.Control}.
 *
 * <p>Thread-safe: all methods may be called on any thread, at any time and repeatedly, and none of
 * them blocks. No method throws, and only the stage of {@link #drainAndShutdown} can fail. The
 * stages complete on threads of the connector: dependent actions that block need an executor of
 * their own.
 */
public interface SourceControl {

  /**
   * Stops receiving and completes the source. Its partitions are then drained, their checkpoints
   * stored, and their claims released; the returned stage does not wait for that.
   *
   * @return completes when the source has emitted its last event; at the latest when the hand-over
   *     timeout has passed, should the stream's thread be blocked
   */
  CompletionStage<Done> stop();

  /**
   * Stops, and waits until every partition is released and the connections are closed: at the
   * latest when the hand-over timeout and two seconds have passed. Partitions are released also
   * while the stream's thread is blocked.
   *
   * @return completes when nothing is owned any more
   */
  CompletionStage<Done> shutdown();

  /**
   * Stops, lets the stream finish the emitted events, and shuts down. Ends in any case: a stream
   * that has not completed when the hand-over timeout has passed fails the result with a {@link
   * java.util.concurrent.TimeoutException}, and its partitions are released all the same.
   *
   * @param streamCompletion completes with the stream
   * @return the result of the stream, after the shutdown; fails as the stream does
   */
  <T> CompletionStage<T> drainAndShutdown(CompletionStage<T> streamCompletion);

  /** Completes when the source has ended, for whatever reason, and nothing is owned any more. */
  CompletionStage<Done> isShutdown();

  /** Stops emitting and receiving, and keeps all partitions, until {@link #resume}. */
  void pause();

  /** Goes on after {@link #pause}. */
  void resume();

  /** The state of the source: a snapshot that costs the stream nothing. */
  ConsumerStatus status();

  /**
   * Says with what the whole stream ends, so that the shutdown of the actor system waits for it for
   * a moment after the last hand-over: the stream then completes and is not terminated abruptly.
   * {@code Consumer.createDrainingControl} calls it. A control that wraps another one passes it on.
   * Does nothing by default.
   */
  default void endsWith(CompletionStage<?> streamCompletion) {}

  /**
   * The control of the source that runs now, whose counts in {@link #status} are its own: of a
   * {@code Consumer.RestartingControl} that of the incarnation that was attached last. A control
   * that wraps another one answers with that of the wrapped one.
   *
   * @return this one by default
   */
  default SourceControl incarnation() {
    return this;
  }

  /**
   * The switch that lets a failed source keep its partitions for the next incarnation. A control
   * that wraps another one answers with that of the wrapped one.
   *
   * @return empty by default: then nothing is kept, and {@code RestartingControl.attach} logs a
   *     warning with the name of the class
   */
  default Optional<RestartHold> restartHold() {
    return Optional.empty();
  }
}
