// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.group;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.EventHubsException;
import java.time.Duration;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.SupervisorStrategy;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;

/**
 * Supervision of the actors of this library. A group's actor that throws is started again under the
 * same reference, after a delay that grows; before that it fails the streams it had. An owner that
 * throws is started again by its placement, or fails its stream.
 */
@InternalApi
public final class Supervised {

  private static final Duration FIRST_DELAY = Duration.ofMillis(200);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(10);
  private static final double JITTER = 0.1;

  private Supervised() {}

  /** A group's actor, to be started again when it fails. Messages wait meanwhile. */
  public static <T> Behavior<T> group(Behavior<T> behavior) {
    return Behaviors.supervise(behavior)
        .onFailure(
            Exception.class,
            SupervisorStrategy.restartWithBackoff(FIRST_DELAY, LONGEST_DELAY, JITTER));
  }

  /**
   * The failure of a stream whose group's actor has failed. It may help to start the stream again.
   */
  public static EventHubsException groupFailed() {
    return new EventHubsException(
        "the actor of the consumer group has failed, and the partitions were given up; the log has"
            + " its exception");
  }

  /** The failure of a stream whose owner of a partition has failed. */
  static EventHubsException ownerFailed(EventHubPartition partition, @Nullable Throwable cause) {
    return new EventHubsException(
        "the owner of "
            + partition
            + " has ended unexpectedly"
            + (cause == null ? "" : ": " + cause),
        cause);
  }
}
