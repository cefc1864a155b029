// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static io.github.pekkoeventhubs.life.PlannedEffects.NO_OPERATION;

import io.github.pekkoeventhubs.life.Effect.Timer;
import java.util.EnumSet;
import java.util.Set;

/**
 * The end of an epoch that was not lost, as a part of its {@link PartitionLife}: from the request
 * to stop emitting to the last checkpoint.
 *
 * <pre>
 *  DRAINING ─emission stopped→ USER_FINISHING ─user is done→ ACKNOWLEDGING ─drained→ FLUSHING
 * </pre>
 *
 * The deadline of the drain leads from each of the first three to FLUSHING. The user is told only
 * when the partition leaves the stream, and at most once in an epoch.
 */
final class HandOverLife {

  enum Step {
    /** No hand-over is under way, or it has come to the release of the claim. */
    NONE,
    /** The stream stops emitting the partition. */
    DRAINING,
    /** The last event is emitted, and the user finishes with the partition. */
    USER_FINISHING,
    /** The user is done, and what was emitted is being acknowledged. */
    ACKNOWLEDGING,
    /** The acknowledged position is being stored. */
    FLUSHING
  }

  private final PlannedEffects effects;
  private final Set<Timer> missedDeadlines = EnumSet.noneOf(Timer.class);

  private Step step = Step.NONE;
  private long awaited = NO_OPERATION;
  private String reason = "";
  private boolean emissionHasStopped;
  private boolean userIsTold;
  private boolean everythingIsAcknowledged;
  private boolean userWasCutOff;

  HandOverLife(PlannedEffects effects) {
    this.effects = effects;
  }

  Step step() {
    return step;
  }

  /** Which deadlines have cut the latest hand-over short. */
  Set<Timer> missedDeadlines() {
    return Set.copyOf(missedDeadlines);
  }

  /** Whether the deadline of the latest hand-over came while the user finished the partition. */
  boolean userWasCutOff() {
    return userWasCutOff;
  }

  /** Whether the answer to this operation still counts. */
  boolean awaits(long operation) {
    return operation != NO_OPERATION && operation == awaited;
  }

  void begin(String why) {
    step = Step.DRAINING;
    reason = why;
    missedDeadlines.clear();
    emissionHasStopped = false;
    userIsTold = false;
    everythingIsAcknowledged = false;
    userWasCutOff = false;
    effects.add(new Effect.BeginDrain(why));
    effects.start(Timer.DRAIN_DEADLINE, 0);
  }

  /**
   * The stream emits nothing more of the epoch.
   *
   * @param leaves whether the partition leaves the stream, so that the user is to be told
   */
  void emissionStopped(boolean leaves) {
    if (step != Step.DRAINING && step != Step.FLUSHING) {
      return;
    }
    emissionHasStopped = true;
    long told = leaves ? tellUser() : NO_OPERATION;
    if (step == Step.DRAINING) {
      step = leaves ? Step.USER_FINISHING : Step.ACKNOWLEDGING;
      awaited = told;
    }
  }

  /** The user has finished with the partition. */
  void userFinished(long operation) {
    if (step == Step.USER_FINISHING && awaits(operation)) {
      awaited = NO_OPERATION;
      step = Step.ACKNOWLEDGING;
      if (everythingIsAcknowledged) {
        flush();
      }
    }
  }

  /** All emitted events are acknowledged, or no committer is left that could acknowledge them. */
  void drained() {
    switch (step) {
      case DRAINING, ACKNOWLEDGING -> flush();
      case USER_FINISHING -> everythingIsAcknowledged = true;
      case NONE, FLUSHING -> {
        // It comes too late to change anything.
      }
    }
  }

  /** There is no more time to drain. */
  void drainDeadline() {
    if (step == Step.DRAINING || step == Step.USER_FINISHING || step == Step.ACKNOWLEDGING) {
      missedDeadlines.add(Timer.DRAIN_DEADLINE);
      userWasCutOff = step == Step.USER_FINISHING;
      flush();
    }
  }

  /**
   * Takes an answer, which counts once and ends the time for the flush.
   *
   * @return whether it answers the flush
   */
  boolean takeFlushAnswer(long operation) {
    boolean counts = step == Step.FLUSHING && awaits(operation);
    if (counts) {
      effects.cancel(Timer.FLUSH_DEADLINE);
      awaited = NO_OPERATION;
    }
    return counts;
  }

  /**
   * There is no more time to flush.
   *
   * @return false if no flush is under way
   */
  boolean cutFlushOff() {
    if (step != Step.FLUSHING) {
      return false;
    }
    missedDeadlines.add(Timer.FLUSH_DEADLINE);
    return true;
  }

  /** There is no more time to release the claim. */
  void releaseDeadline() {
    missedDeadlines.add(Timer.RELEASE_DEADLINE);
  }

  /**
   * Ends the epoch. If the partition was to stay with the stream when its last event was emitted,
   * and now has to leave it, the user is told now, without waiting for the user.
   *
   * @param leaves whether the partition leaves the stream
   */
  void endEpoch(boolean leaves) {
    if (leaves && emissionHasStopped && !userIsTold) {
      tellUser();
    }
    effects.add(Effect.EndEpoch.handedOver(reason));
    forget();
  }

  /** The epoch has ended. */
  void forget() {
    step = Step.NONE;
    awaited = NO_OPERATION;
  }

  private long tellUser() {
    userIsTold = true;
    long operation = effects.nextOperation();
    effects.add(new Effect.LetUserFinish(operation));
    return operation;
  }

  private void flush() {
    effects.cancel(Timer.DRAIN_DEADLINE);
    step = Step.FLUSHING;
    awaited = effects.nextOperation();
    effects.add(new Effect.Flush(awaited));
    effects.start(Timer.FLUSH_DEADLINE, 0);
  }
}
