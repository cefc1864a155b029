// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Reports one hand-over in the log, from the request to stop emitting until nothing of the
 * partition is held for the stream any more.
 */
final class HandOver {

  private final OwnerLog log;
  private final long startedAt;
  private final Function<Timer, Duration> deadlines;
  private final PartitionTraffic traffic;
  private String repetition = "";
  private boolean userWasCutOff;

  /**
   * @param startedAt by the monotonic clock
   * @param deadlines how long each step may take
   * @param traffic counts it for the stream that had the partition when it began
   */
  HandOver(
      OwnerLog log, long startedAt, Function<Timer, Duration> deadlines, PartitionTraffic traffic) {
    this.log = log;
    this.startedAt = startedAt;
    this.deadlines = deadlines;
    this.traffic = traffic;
  }

  /** Whether a life in this state is handing its partition over. */
  static boolean isUnderWay(State state) {
    return switch (state) {
      case DRAINING, USER_FINISHING, ACKNOWLEDGING, FLUSHING, RELEASING -> true;
      case PARKED, LOOKING, WAITING, HOLDING, CLAIMING, FENCING, RUNNING, STOPPED -> false;
    };
  }

  /** The epoch is over: nothing more of it will be stored. */
  void epochEnded(Repetition known) {
    repetition = "; " + known;
  }

  /** The deadline of the drain came while the user finished with the partition. */
  void userWasCutOff() {
    userWasCutOff = true;
  }

  /** Logs the end: at WARN if a deadline has cut it off. */
  void ended(long now, Set<Timer> missedDeadlines) {
    log.handedOver(summary(now, missedDeadlines), !missedDeadlines.isEmpty());
    traffic.handedOver(Duration.ofNanos(now - startedAt));
  }

  String summary(long now, Set<Timer> missedDeadlines) {
    List<String> cutOff = new ArrayList<>();
    if (missedDeadlines.contains(Timer.DRAIN_DEADLINE)) {
      String what =
          userWasCutOff
              ? "the application had not completed the stage of its onRevoke"
              : "the stream had not finished what was emitted";
      cutOff.add(what + after(Timer.DRAIN_DEADLINE));
    }
    if (missedDeadlines.contains(Timer.FLUSH_DEADLINE)) {
      cutOff.add("the store had not answered the last checkpoint" + after(Timer.FLUSH_DEADLINE));
    }
    if (missedDeadlines.contains(Timer.RELEASE_DEADLINE)) {
      cutOff.add(
          "the store had not released the claim"
              + after(Timer.RELEASE_DEADLINE)
              + ", and others may wait until it expires");
    }
    return "handed over after "
        + OwnerLog.seconds(Duration.ofNanos(now - startedAt))
        + repetition
        + (cutOff.isEmpty() ? "" : "; cut off: " + String.join("; ", cutOff));
  }

  private String after(Timer deadline) {
    return " after " + OwnerLog.seconds(deadlines.apply(deadline));
  }
}
