// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import io.github.pekkoeventhubs.StageFailure;
import io.github.pekkoeventhubs.life.Effect.Timer;
import org.apache.pekko.annotation.InternalApi;

/**
 * Decides which machine of a {@link PartitionLife} is at work, from what placements and streams
 * want of the partition, and how an epoch or a claim ends. The machines themselves decide none of
 * this.
 */
@InternalApi
public final class LifeCourse {

  public enum State {
    /** No stream on this node wants the partition. */
    PARKED,
    /** Reading who owns it. */
    LOOKING,
    /** Until the owner may be looked up again. */
    WAITING,
    /** After a loss, before claiming again. */
    HOLDING,
    /** The claim is being written. */
    CLAIMING,
    /** Earlier owners are being fenced off. */
    FENCING,
    /** The epoch runs. */
    RUNNING,
    /** The stream stops emitting the partition. */
    DRAINING,
    /** The last event was emitted, and the user finishes with the partition. */
    USER_FINISHING,
    /** The user is done, and what was emitted is being acknowledged. */
    ACKNOWLEDGING,
    /** The acknowledged position is being stored. */
    FLUSHING,
    /** The claim is being given up. */
    RELEASING,
    /** The end. */
    STOPPED
  }

  /** Which of the machines is at work. */
  private enum Phase {
    PARKED,
    /** The claim's machine: before an epoch, and after it for the release. */
    CLAIM,
    /** The link's. */
    RUNNING,
    /** That of the hand-over. */
    HANDING_OVER,
    STOPPED
  }

  private final PlannedEffects effects;
  private final ClaimLife claim;
  private final LinkLife link;
  private final HandOverLife handOver;
  private Phase phase = Phase.PARKED;

  private boolean streamOffered;
  private boolean stopping;

  /** The stream that is served is being given up: a stream that is offered now comes after it. */
  private boolean streamGone;

  /** The stream wants the partition again, from its checkpoint, under the same claim. */
  private boolean restarting;

  /** The running epoch has made progress. */
  private boolean progressed;

  /** How many epochs in a row began anew without progress. */
  private int fruitlessEpochs;

  LifeCourse(PlannedEffects effects, ClaimLife claim, LinkLife link, HandOverLife handOver) {
    this.effects = effects;
    this.claim = claim;
    this.link = link;
    this.handOver = handOver;
  }

  State state() {
    return switch (phase) {
      case PARKED -> State.PARKED;
      case CLAIM ->
          switch (claim.step()) {
            case NONE -> throw new IllegalStateException("the claim's machine is not at work");
            case LOOKING -> State.LOOKING;
            case WAITING -> State.WAITING;
            case HOLDING -> State.HOLDING;
            case CLAIMING -> State.CLAIMING;
            case FENCING -> State.FENCING;
            case RELEASING -> State.RELEASING;
          };
      case RUNNING -> State.RUNNING;
      case HANDING_OVER ->
          switch (handOver.step()) {
            case NONE -> throw new IllegalStateException("no hand-over is under way");
            case DRAINING -> State.DRAINING;
            case USER_FINISHING -> State.USER_FINISHING;
            case ACKNOWLEDGING -> State.ACKNOWLEDGING;
            case FLUSHING -> State.FLUSHING;
          };
      case STOPPED -> State.STOPPED;
    };
  }

  boolean isRunning() {
    return phase == Phase.RUNNING;
  }

  boolean isRestarting() {
    return restarting && !isGivingUp();
  }

  /** The partition must not stay with the stream that is served. */
  boolean isGivingUp() {
    return stopping || streamGone;
  }

  private boolean isInEpoch() {
    return phase == Phase.RUNNING || phase == Phase.HANDING_OVER;
  }

  private boolean anotherStreamWaits() {
    return streamGone && streamOffered && !stopping;
  }

  // Requests of placements and streams.

  void streamOffered() {
    streamOffered = true;
    if (phase == Phase.PARKED && !stopping) {
      lookUp();
    }
  }

  void streamWithdrawn(String reason) {
    if (!streamGone) {
      streamOffered = false;
      if (phase != Phase.PARKED && !stopping) {
        streamGone = true;
        giveUp(reason);
      }
    }
  }

  void streamReplaced(String reason) {
    if (streamGone || stopping) {
      streamOffered();
      return;
    }
    switch (state()) {
      case PARKED -> streamOffered();
      case LOOKING, WAITING, HOLDING, CLAIMING -> effects.add(new Effect.NextStream());
      case FENCING -> {
        // Each stream says itself where it begins.
        effects.cancel(Timer.FENCE_RETRY);
        effects.add(new Effect.NextStream());
        fence();
      }
      case RUNNING, DRAINING, USER_FINISHING, ACKNOWLEDGING, FLUSHING, RELEASING, STOPPED -> {
        streamGone = true;
        giveUp(reason);
      }
    }
  }

  void nextStreamWithdrawn() {
    if (streamGone) {
      streamOffered = false;
    }
  }

  void stopRequested(String reason) {
    if (!stopping) {
      stopping = true;
      giveUp(reason);
    }
  }

  void abandoned(String reason) {
    if (phase == Phase.RUNNING) {
      restarting = true;
      giveUp(reason);
    }
  }

  void progressed() {
    progressed = true;
  }

  private void giveUp(String reason) {
    switch (state()) {
      case PARKED, LOOKING, WAITING, HOLDING -> {
        effects.cancel(Timer.CLAIM_RETRY);
        effects.cancel(Timer.HOLD);
        settle();
      }
      case CLAIMING, FENCING -> {
        // The claim may already be written: its answer decides, within the time of a release.
        effects.cancel(Timer.FENCE_RETRY);
        if (state() == State.FENCING) {
          release();
        } else {
          effects.start(Timer.RELEASE_DEADLINE, 0);
        }
      }
      case RUNNING -> {
        link.forget();
        effects.cancel(Timer.ATTACH);
        phase = Phase.HANDING_OVER;
        handOver.begin(reason);
      }
      case DRAINING, USER_FINISHING, ACKNOWLEDGING, FLUSHING, RELEASING, STOPPED -> {
        // It is under way already, and ends by itself.
      }
    }
  }

  // The way into an epoch.

  /** Begins to get the partition. */
  void lookUp() {
    phase = Phase.CLAIM;
    claim.begin();
  }

  /** Fences earlier owners off, under the claim that is held. */
  void fence() {
    phase = Phase.CLAIM;
    claim.fence();
  }

  /** The claim is written. */
  void claimWritten() {
    if (isGivingUp()) {
      effects.cancel(Timer.RELEASE_DEADLINE);
    }
    if (anotherStreamWaits()) {
      serveNextStream();
    } else if (isGivingUp()) {
      release();
    } else {
      fence();
    }
  }

  /** There is no claim, since somebody else was faster. */
  void claimRefused() {
    if (isGivingUp()) {
      settle();
    } else {
      claim.waitToClaim();
    }
  }

  /** There is no claim, for a reason that may pass or not. */
  void claimingFailed(String what, Throwable error, boolean mayPass) {
    if (mayPass) {
      claim.failedForNow(what, error);
    } else {
      failStream(error);
      settle();
    }
  }

  /** Fencing has failed under a claim that stands, for a reason that may pass or not. */
  void fencingFailed(Throwable error, boolean mayPass) {
    if (mayPass) {
      claim.fenceAgain(error);
    } else {
      failStream(error);
      release();
    }
  }

  /** The fence stands: an epoch runs. */
  void beginEpoch() {
    progressed = false;
    phase = Phase.RUNNING;
    effects.add(new Effect.BeginEpoch());
    claim.fenced();
    link.begin();
  }

  // Ends.

  /** The receiver cannot succeed, now or later. */
  void receivingFailed(Throwable error) {
    failStream(error);
    giveUp(failed(error));
  }

  /** The hand-over has come to its last checkpoint, or has no more time for it. */
  void endEpoch() {
    boolean again = isRestarting();
    handOver.endEpoch(!again);
    restarting = false;
    if (again && !progressed) {
      phase = Phase.CLAIM;
      claim.fenceLater(fruitlessEpochs++);
    } else if (again) {
      fruitlessEpochs = 0;
      fence();
    } else if (anotherStreamWaits()) {
      fruitlessEpochs = 0;
      serveNextStream();
    } else {
      release();
    }
  }

  private void serveNextStream() {
    streamGone = false;
    effects.add(new Effect.NextStream());
    fence();
  }

  private void release() {
    phase = Phase.CLAIM;
    if (!claim.release()) {
      settle();
    }
  }

  /** The claim that is held turned out to be gone, or a partition without claims to be lost. */
  void claimGone(Loss loss) {
    if (isInEpoch() || claim.isHeld()) {
      lose(loss);
    }
  }

  /** The claim is gone. */
  void lose(Loss loss) {
    boolean hadEpoch = isInEpoch();
    boolean mayStand = claim.isHeld() && loss.equals(Loss.EXPIRED);
    effects.cancelAll();
    restarting = false;
    forgetAnswers();
    if (hadEpoch) {
      effects.add(Effect.EndEpoch.lost(loss));
    }
    if (mayStand) {
      effects.add(new Effect.GiveBack());
    }
    if (stopping || !streamOffered) {
      settle();
      return;
    }
    if (streamGone) {
      streamGone = false;
      effects.add(new Effect.Parked());
    }
    phase = Phase.CLAIM;
    claim.hold();
  }

  private static String failed(Throwable error) {
    return "the stream failed: " + StageFailure.inWords(error);
  }

  private void failStream(Throwable error) {
    effects.add(new Effect.FailStream(error));
    streamOffered = false;
    streamGone = true;
  }

  /** Nothing is held any more: end, begin again for a stream that waits, or park. */
  void settle() {
    effects.cancelAll();
    forgetAnswers();
    claim.settle();
    streamGone = false;
    fruitlessEpochs = 0;
    if (stopping) {
      if (phase != Phase.STOPPED) {
        phase = Phase.STOPPED;
        effects.add(new Effect.Stop());
      }
      return;
    }
    effects.add(new Effect.Parked());
    phase = Phase.PARKED;
    if (streamOffered) {
      lookUp();
    }
  }

  /** Forgets all requests: their answers do not count any more. */
  private void forgetAnswers() {
    claim.forget();
    link.forget();
    handOver.forget();
  }
}
