// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.ContinuitySettings;
import io.github.pekkoeventhubs.DurationText;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.SequenceNumbers;
import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.StoredOwnership;
import io.github.pekkoeventhubs.continuity.ContinuityFailures;
import io.github.pekkoeventhubs.continuity.MissedEvents;
import io.github.pekkoeventhubs.life.Effect;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import io.github.pekkoeventhubs.life.PartitionLife;
import io.github.pekkoeventhubs.log.KeyedLog;
import io.github.pekkoeventhubs.log.LogKeys;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeoutException;

/**
 * The log lines of owners. Each begins with the partition and is written so that a colleague can
 * act on it. Immutable.
 *
 * @param partition begins each line
 * @param keys the names of it in the diagnostic context of each line
 */
record OwnerLog(EventHubPartition partition, LogKeys keys) {

  private static final KeyedLog LOG = KeyedLog.named("io.github.pekkoeventhubs.PartitionOwner");

  /** The lines of a partition outside of any epoch. */
  static OwnerLog of(EventHubPartition partition) {
    return new OwnerLog(partition, LogKeys.of(partition));
  }

  /** The lines of a partition during an epoch. */
  static OwnerLog of(PartitionEpoch epoch) {
    return new OwnerLog(epoch.partition(), LogKeys.of(epoch));
  }

  /** A time span in seconds, as a log line says it. */
  static String seconds(Duration span) {
    return String.format(Locale.ROOT, "%.1f s", (double) span.toMillis() / 1000);
  }

  /** A number of things. */
  static String count(long number, String thing) {
    return number + " " + thing + (number == 1 ? "" : "s");
  }

  /** Logs an input of the life, the states before and after it, and the effects that follow. */
  void input(LifeInput input, String before, String after, List<Effect> effects) {
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          keys, "[{}] {}: {} -> {}, then {}", partition, input, before, after, names(effects));
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

  void assigned(String streamId, StartingPoint start) {
    LOG.info(keys, "[{}] assigned to {}, reading {}", partition, streamId, start.inWords());
  }

  void waitsFor(StoredOwnership record) {
    LOG.info(
        keys,
        "[{}] waiting for '{}', which has claimed the partition and renewed that {} ago",
        partition,
        record.ownerId(),
        seconds(record.age()));
  }

  void stillWaitsFor(StoredOwnership record, Duration waited) {
    LOG.warn(
        keys,
        "[{}] has waited for {} for '{}', which still renews its claim (last {} ago): another cluster"
            + " or another processor reads this consumer group. Stop it, or give this application a"
            + " consumer group of its own",
        partition,
        seconds(waited),
        record.ownerId(),
        seconds(record.age()));
  }

  void startIsNotCompared(Duration waited, Throwable error) {
    Throwable cause = StageFailure.causeOf(error);
    LOG.warn(
        keys,
        "[{}] reading on from the checkpoint without having compared it with the partition's events:"
            + " {}. The events that arrive are compared with it",
        partition,
        cause instanceof TimeoutException
            ? "the service has not said within " + seconds(waited) + " which events there are"
            : StageFailure.inWords(cause));
  }

  void startsBelowCheckpoint(StartingPoint start, long stored) {
    LOG.warn(
        keys,
        "[{}] starts after sequence number {}, below its checkpoint at {}: commits are skipped"
            + " until that is passed",
        partition,
        start.acknowledged().sequenceNumber(),
        stored);
  }

  void gapMapIgnored(StartingPoint start) {
    LOG.info(
        keys,
        "[{}] ignoring the gap map beside checkpoint {}: it was written for another one, or is"
            + " damaged. Events that were finished out of order will be processed again",
        partition,
        start.acknowledged().sequenceNumber());
  }

  void trouble(String what, Throwable error) {
    LOG.warn(keys, "[{}] {}: {}", partition, what, StageFailure.inWords(error));
  }

  void checkpointsFail(Duration soFar, Duration validity, Throwable cause) {
    LOG.warn(
        keys,
        "[{}] no checkpoint could be written for {}; each is tried for {} (ownership.validity)"
            + " before its commit fails, and events after the last one would be read again: {}",
        partition,
        seconds(soFar),
        DurationText.of(validity),
        StageFailure.inWords(cause));
  }

  void checkpointsWorkAgain(Duration outage) {
    LOG.info(keys, "[{}] checkpoints are written again after {}", partition, seconds(outage));
  }

  void foreignReader(boolean claimed, int thefts) {
    LOG.warn(
        keys,
        claimed
            ? "[{}] another receiver took the link {} times in a row although the claim stands:"
                + " somebody reads this consumer group without claiming partitions"
            : "[{}] another receiver with an owner level has taken the link, or keeps it, {} times"
                + " in a row: somebody reads the partition in this consumer group",
        partition,
        thefts);
  }

  void readingAgain(Duration outage, int attempts) {
    LOG.info(
        keys,
        "[{}] reading again after {}, {}",
        partition,
        seconds(outage),
        count(attempts, "attempt"));
  }

  void eventsMissed(MissedEvents.Hole hole) {
    LOG.warn(
        keys,
        "[{}] {} missed, with sequence numbers from {} to {}: the partition no longer has them, most"
            + " likely since their retention has ended. An event hub with compaction has such holes,"
            + " too: set continuity.missed-events to 'ignore' there, or to 'fail' where the stream"
            + " must not go on",
        partition,
        count(hole.events(), "event"),
        hole.first(),
        hole.last());
  }

  void undecodableSkipped(long sequenceNumber) {
    LOG.warn(
        keys,
        "[{}] the event with sequence number {} is left out: the SDK cannot decode it, and"
            + " continuity.undecodable-events is 'skip'",
        partition,
        sequenceNumber);
  }

  /** The next event does not come; its number may not be known. */
  void nothingIsDelivered(long next, long last, int attempts) {
    LOG.warn(
        keys,
        "[{}] {} receivers in a row have ended without an event and without a reason, although the"
            + " partition has events after {}, up to sequence number {}. If the log of the SDK says"
            + " 'Unexpected error when decoding Delivery', it cannot decode the next event: {}",
        partition,
        attempts,
        next == SequenceNumbers.UNKNOWN
            ? "the offset of the checkpoint"
            : "sequence number " + (next - 1),
        last,
        ContinuityFailures.passing(partition, next));
  }

  /** The stream is to fail behind events with which it is not finished. */
  void failsAfter(long inWork, Duration patience, Throwable failure) {
    LOG.warn(
        keys,
        "[{}] the stream is to fail. It finishes {} first, which arrived before, unless it finishes"
            + " none for {} (handover-timeout): {}",
        partition,
        count(inWork, "event"),
        DurationText.of(patience),
        StageFailure.inWords(failure));
  }

  void invalidCheckpoint(String evidence, ContinuitySettings settings, StartingPoint decided) {
    LOG.warn(
        keys,
        "[{}] {}: reading {} instead, as continuity.on-invalid-checkpoint ({}) says",
        partition,
        evidence,
        decided.inWords(),
        settings.onInvalidCheckpoint());
  }

  void paused() {
    LOG.warn(keys, "[{}] was paused: looking at the claim before anything is emitted", partition);
  }

  void notRun(Duration since) {
    LOG.warn(
        keys,
        "[{}] assigned for {}, and its source has not been run: nobody reads the partition, here or"
            + " elsewhere. Run every source as soon as it is emitted, for example with a breadth of"
            + " flatMapMerge that is as high as the number of partitions",
        partition,
        DurationText.of(since));
  }

  void full(int maxUncommitted, Duration since) {
    LOG.warn(
        keys,
        "[{}] stands still: {} events are with the stream, as many as max-uncommitted allows, and"
            + " none was acknowledged for {}. If the stream has dropped them, drop with"
            + " Committer.filter, collect or mapConcat, or call skip() on what is dropped; if it"
            + " collects them, set max-uncommitted higher than the number that it collects; if it has"
            + " no committer, add one, or use a plain source",
        partition,
        maxUncommitted,
        DurationText.of(since));
  }

  void skipsNotStored(Throwable error) {
    LOG.warn(
        keys,
        "[{}] the checkpoint after skipped events could not be stored; trying again later: {}",
        partition,
        StageFailure.inWords(StageFailure.causeOf(error)));
  }

  void pollFailed(Throwable error) {
    LOG.warn(
        keys,
        "[{}] could not find out whether the silent receiver misses events: {}",
        partition,
        StageFailure.inWords(error));
  }

  void handingOver(String reason) {
    LOG.info(keys, "[{}] handing over: {}", partition, reason);
  }

  void handedOver(String summary, boolean cutOff) {
    if (cutOff) {
      LOG.warn(keys, "[{}] {}", partition, summary);
    } else {
      LOG.info(keys, "[{}] {}", partition, summary);
    }
  }

  void lost(String reason) {
    LOG.warn(keys, "[{}] lost: {}", partition, reason);
  }

  void flushFailed(Throwable error) {
    LOG.warn(
        keys,
        "[{}] the last checkpoint could not be stored: {}",
        partition,
        StageFailure.inWords(StageFailure.causeOf(error)));
  }

  void releaseFailed(Throwable error, boolean isTriedAgain) {
    LOG.warn(
        keys,
        "[{}] the claim could not be released, and others may wait until it expires: {}{}",
        partition,
        StageFailure.inWords(StageFailure.causeOf(error)),
        isTriedAgain ? "; trying again until then" : "");
  }

  void releasedAfter(int failures) {
    LOG.info(keys, "[{}] the claim is released, after {} refused attempt(s)", partition, failures);
  }
}
