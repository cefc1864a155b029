// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.continuity.MissedEvents;
import io.github.pekkoeventhubs.life.Effect;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import io.github.pekkoeventhubs.life.PartitionLife;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;
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

  static void waitsFor(EventHubPartition partition, StoredOwnership record) {
    LOG.info(
        "[{}] waiting for '{}', which has claimed the partition and renewed that {} ago",
        partition,
        record.ownerId(),
        seconds(record.age()));
  }

  static void stillWaitsFor(EventHubPartition partition, StoredOwnership record, Duration waited) {
    LOG.warn(
        "[{}] has waited for {} for '{}', which still renews its claim (last {} ago): another cluster"
            + " or another processor reads this consumer group. Stop it, or give this application a"
            + " consumer group of its own",
        partition,
        seconds(waited),
        record.ownerId(),
        seconds(record.age()));
  }

  static void startIsNotCompared(EventHubPartition partition, Duration waited, Throwable error) {
    Throwable cause = StageFailure.causeOf(error);
    LOG.warn(
        "[{}] reading on from the checkpoint without having compared it with the partition's events:"
            + " {}. The events that arrive are compared with it",
        partition,
        cause instanceof TimeoutException
            ? "the service has not said within " + seconds(waited) + " which events there are"
            : StageFailure.inWords(cause));
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

  static void checkpointsFail(
      EventHubPartition partition, Duration soFar, Duration validity, Throwable cause) {
    LOG.warn(
        "[{}] no checkpoint could be written for {}; each is tried for {} (ownership.validity)"
            + " before its commit fails, and events after the last one would be read again: {}",
        partition,
        seconds(soFar),
        seconds(validity),
        StageFailure.inWords(cause));
  }

  static void checkpointsWorkAgain(EventHubPartition partition, Duration outage) {
    LOG.info("[{}] checkpoints are written again after {}", partition, seconds(outage));
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

  static void eventsMissed(EventHubPartition partition, MissedEvents.Hole hole) {
    LOG.warn(
        "[{}] {} missed, with sequence numbers from {} to {}: the partition no longer has them, most"
            + " likely since their retention has ended. An event hub with compaction has such holes,"
            + " too: set continuity.missed-events to 'ignore' there, or to 'fail' where the stream"
            + " must not go on",
        partition,
        count(hole.events(), "event"),
        hole.first(),
        hole.last());
  }

  static void undecodableSkipped(EventHubPartition partition, long sequenceNumber) {
    LOG.warn(
        "[{}] the event with sequence number {} is left out: the SDK cannot decode it, and"
            + " continuity.undecodable-events is 'skip'",
        partition,
        sequenceNumber);
  }

  static void invalidCheckpoint(
      EventHubPartition partition,
      String evidence,
      ContinuitySettings settings,
      StartingPoint decided) {
    LOG.warn(
        "[{}] {}: reading {} instead, as continuity.on-invalid-checkpoint ({}) says",
        partition,
        evidence,
        decided.inWords(),
        settings.onInvalidCheckpoint());
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

  static void full(EventHubPartition partition, int maxUncommitted, Duration since) {
    LOG.warn(
        "[{}] stands still: {} events are with the stream, as many as max-uncommitted allows, and"
            + " none was acknowledged for {}. If the stream has dropped them, drop with"
            + " Committer.filter, collect or mapConcat, or call skip() on what is dropped; if it"
            + " collects them, set max-uncommitted higher than the number that it collects; if it has"
            + " no committer, add one, or use a plain source",
        partition,
        maxUncommitted,
        since);
  }

  static void skipsNotStored(EventHubPartition partition, Throwable error) {
    LOG.warn(
        "[{}] the checkpoint after skipped events could not be stored; trying again later: {}",
        partition,
        StageFailure.causeOf(error).getMessage());
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
