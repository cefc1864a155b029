// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.life.Effect;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import io.github.pekkoeventhubs.life.PartitionLife;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log lines of owners. Each begins with the partition and is written so that a colleague can
 * act on it. Any thread.
 */
final class OwnerLog {

  private static final Logger LOG =
      LoggerFactory.getLogger("io.github.pekkoeventhubs.PartitionOwner");

  private OwnerLog() {}

  /** A time span in seconds, as a log line says it. */
  static String seconds(Duration span) {
    return String.format(Locale.ROOT, "%.1f s", (double) span.toMillis() / 1000);
  }

  /** A number of things. */
  static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  /** Logs an input of the life, the states before and after it, and the effects that follow. */
  static void input(
      Object partition, LifeInput input, String before, String after, List<Effect> effects) {
    if (LOG.isDebugEnabled()) {
      LOG.debug("[{}] {}: {} -> {}, then {}", partition, input, before, after, names(effects));
    }
  }

  private static List<String> names(List<Effect> effects) {
    return effects.stream()
        .filter(effect -> !(effect instanceof Effect.CancelTimer))
        .map(effect -> effect.getClass().getSimpleName())
        .toList();
  }

  /** A state with what it says of the link. */
  static String state(PartitionLife life) {
    State state = life.state();
    return life.link() == Link.NONE ? state.name() : state + "/" + life.link();
  }

  static void assigned(EventHubPartition partition, String streamId, StartingPoint start) {
    LOG.info("[{}] assigned to {}, reading {}", partition, streamId, start.inWords());
  }

  static void startsBelowCheckpoint(EventHubPartition partition, StartingPoint start, long stored) {
    LOG.warn(
        "[{}] starts after sequence number {}, below its checkpoint at {}: commits are skipped"
            + " until that is passed",
        partition,
        start.acknowledged().sequenceNumber(),
        stored);
  }

  static void trouble(EventHubPartition partition, String what, Throwable error) {
    LOG.warn("[{}] {}: {}", partition, what, error.getMessage());
  }

  static void foreignReader(EventHubPartition partition, boolean claimed, int thefts) {
    LOG.warn(
        claimed
            ? "[{}] another receiver took the link {} times in a row although the claim stands:"
                + " somebody reads this consumer group without claiming partitions"
            : "[{}] another receiver with an owner level has taken the link, or keeps it, {} times"
                + " in a row: somebody reads the partition in this consumer group",
        partition,
        thefts);
  }

  static void readingAgain(EventHubPartition partition, Duration outage, int attempts) {
    LOG.info(
        "[{}] reading again after {}, {}", partition, seconds(outage), count(attempts, "attempt"));
  }

  static void paused(EventHubPartition partition) {
    LOG.warn("[{}] was paused: looking at the claim before anything is emitted", partition);
  }

  static void notRun(EventHubPartition partition, Duration since) {
    LOG.warn(
        "[{}] assigned for {}, and its source has not been run: nobody reads the partition, here or"
            + " elsewhere. Run every source as soon as it is emitted, for example with a breadth of"
            + " flatMapMerge that is as high as the number of partitions",
        partition,
        since);
  }

  static void pollFailed(EventHubPartition partition, Throwable error) {
    LOG.warn(
        "[{}] could not find out whether the silent receiver misses events: {}",
        partition,
        error.getMessage());
  }

  static void handingOver(EventHubPartition partition, String reason) {
    LOG.info("[{}] handing over: {}", partition, reason);
  }

  static void handedOver(EventHubPartition partition, String summary, boolean cutOff) {
    if (cutOff) {
      LOG.warn("[{}] {}", partition, summary);
    } else {
      LOG.info("[{}] {}", partition, summary);
    }
  }

  static void lost(EventHubPartition partition, String reason) {
    LOG.warn("[{}] lost: {}", partition, reason);
  }

  static void flushFailed(EventHubPartition partition, Throwable error) {
    LOG.warn(
        "[{}] the last checkpoint could not be stored: {}",
        partition,
        StageFailure.causeOf(error).getMessage());
  }

  static void releaseFailed(EventHubPartition partition, Throwable error) {
    LOG.warn(
        "[{}] the claim could not be released, and others may wait until it expires: {}",
        partition,
        StageFailure.causeOf(error).getMessage());
  }
}
