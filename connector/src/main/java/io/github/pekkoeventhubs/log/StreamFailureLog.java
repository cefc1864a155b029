// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.log;

import io.github.pekkoeventhubs.EventHubsException;
import io.github.pekkoeventhubs.StageFailure;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import org.apache.pekko.annotation.InternalApi;
import org.apache.pekko.stream.AbruptStageTerminationException;
import org.apache.pekko.stream.AbruptTerminationException;
import org.apache.pekko.stream.SubscriptionWithCancelException;

/**
 * Says in the log why a stream has failed: one line at ERROR for each failure, by the operator of
 * ours in which it arose. A failure that arose in another operator is said by the source, which
 * sees it as a cancellation. The operators downstream, which see the same failure, say nothing.
 *
 * <p>The line has the sentence of an {@link EventHubsException}, and the stack trace of any other
 * failure. Thread-safe.
 */
@InternalApi
public final class StreamFailureLog {

  /** The failures that were said. Each of them is an object of its own, made when it arose. */
  private static final Set<Throwable> SAID =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private StreamFailureLog() {}

  /**
   * An operator of ours has failed.
   *
   * @param keys the names of what the stream reads or writes
   * @param id the operator in the log, for example {@code consumer-3}
   * @param stream what the stream reads or writes
   */
  public static void failed(
      KeyedLog log, LogKeys keys, String id, String stream, Throwable failure) {
    if (SAID.add(failure)) {
      say(log, keys, id, stream + ": the stream has failed", failure);
    }
  }

  /**
   * The operators downstream have cancelled a source. Says so if the cause is a failure that no
   * operator of ours has said.
   */
  public static void cancelled(
      KeyedLog log, LogKeys keys, String id, String stream, Throwable cause) {
    if (isFailure(cause) && !SAID.contains(cause)) {
      say(
          log,
          keys,
          id,
          stream + ": the stream was cancelled, since another operator has failed",
          cause);
    }
  }

  /** A source has ended by a failure: of its own, or of an operator downstream. */
  public static void ended(
      KeyedLog log, LogKeys keys, String id, String stream, Throwable failure, boolean downstream) {
    if (downstream) {
      cancelled(log, keys, id, stream, failure);
    } else {
      failed(log, keys, id, stream, failure);
    }
  }

  /** Whether a cancellation has this cause since something failed. */
  private static boolean isFailure(Throwable cause) {
    return !(cause instanceof SubscriptionWithCancelException.NonFailureCancellation
        || cause instanceof AbruptTerminationException
        || cause instanceof AbruptStageTerminationException);
  }

  private static void say(KeyedLog log, LogKeys keys, String id, String what, Throwable failure) {
    if (isKnown(failure)) {
      log.error(keys, "[{}] {}: {}", id, what, failure.getMessage());
    } else {
      log.error(keys, "[{}] {}: {}", id, what, StageFailure.inWords(failure), failure);
    }
  }

  /**
   * One of ours that says all itself: the base class has the failure of a function as its cause.
   */
  private static boolean isKnown(Throwable failure) {
    return failure instanceof EventHubsException
        && (failure.getClass() != EventHubsException.class || failure.getCause() == null);
  }
}
