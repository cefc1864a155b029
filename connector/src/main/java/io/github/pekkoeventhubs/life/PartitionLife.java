// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import java.util.List;
import java.util.Set;
import org.apache.pekko.annotation.InternalApi;

/**
 * The life of one partition at one owner, as a state machine without clock, threads or I/O: each
 * input returns the effects that the owner is to perform, in this order. A hand-over is what other
 * systems call a rebalance, seen from one partition.
 *
 * <p>Every request to the outside carries an operation number. Only the answer to the latest one of
 * its kind counts; an answer of an earlier attempt or epoch changes nothing, so that it never
 * matters how late it comes.
 *
 * <pre>
 *  PARKED ─stream→ LOOKING ─free→ CLAIMING ─claimed→ FENCING ─fenced→ RUNNING
 *    ↑                ↑ └─owned by another─ WAITING ┘                    │ stop, or stream gone
 *    │                └──────── HOLDING ←─ lost ─────────────────────────┤
 *    └── released ── RELEASING ←─ FLUSHING ← ACKNOWLEDGING ← USER_FINISHING ← DRAINING
 *                        FENCING ←───┘ another stream of this node waits
 * </pre>
 *
 * A stop request ends in STOPPED from everywhere, through drain, flush and release where there is a
 * claim. Partitions without claims (fixed ones) skip the claim and the release.
 *
 * <p>This class takes the inputs. {@link LifeCourse} keeps the wishes of placements and streams and
 * decides how a life ends, {@link ClaimLife} keeps the requests to the store about the claim,
 * {@link LinkLife} the states of the link within RUNNING, and {@link HandOverLife} the steps from
 * DRAINING to FLUSHING.
 */
@InternalApi
public final class PartitionLife {

  private final PlannedEffects effects = new PlannedEffects();
  private final HandOverLife handOver = new HandOverLife(effects);
  private final ClaimLife claim;
  private final LinkLife link;
  private final LifeCourse course;

  /**
   * @param claims whether the partition is owned through claims, as opposed to simply being read
   */
  public PartitionLife(boolean claims) {
    this.claim = new ClaimLife(claims, effects);
    this.link = new LinkLife(claims, effects);
    this.course = new LifeCourse(effects, claim, link, handOver);
  }

  public State state() {
    return course.state();
  }

  public Link link() {
    return link.link();
  }

  /** Whether a claim is held, from the answer to the claim until it is given up or lost. */
  public boolean holdsClaim() {
    return claim.isHeld();
  }

  /** Whether the answer to this operation still counts. */
  public boolean awaits(long operation) {
    return claim.awaits(operation) || link.awaits(operation) || handOver.awaits(operation);
  }

  /** Which deadlines have cut the latest hand-over short. */
  public Set<Timer> missedDeadlines() {
    return handOver.missedDeadlines();
  }

  /** Whether the latest hand-over was cut short while the user finished with the partition. */
  public boolean userWasCutOff() {
    return handOver.userWasCutOff();
  }

  // Wishes from outside.

  /** A stream on this node wants the partition. */
  public List<Effect> streamOffered() {
    course.streamOffered();
    return effects.drain();
  }

  /**
   * The stream that had the partition is going away. A stream that is offered after this is a
   * different one.
   */
  public List<Effect> streamWithdrawn(String reason) {
    course.streamWithdrawn(reason);
    return effects.drain();
  }

  /**
   * The stream that has the partition is to be drained, and another one of this node to have it
   * next: under the same claim, so that nobody else gets it in between.
   */
  public List<Effect> streamReplaced(String reason) {
    course.streamReplaced(reason);
    return effects.drain();
  }

  /** The stream that waits for another one to be drained does not want the partition any more. */
  public List<Effect> nextStreamWithdrawn() {
    course.nextStreamWithdrawn();
    return effects.drain();
  }

  /** The partition is to be handed over and the owner to end. Idempotent. */
  public List<Effect> stopRequested(String reason) {
    course.stopRequested(reason);
    return effects.drain();
  }

  /**
   * The user has ended the partition's own part of the stream: what was acknowledged is stored, and
   * the partition begins anew after it, under the same claim: at once if the epoch has progressed,
   * else after a while, since it would meet the same event again.
   */
  public List<Effect> abandoned(String reason) {
    course.abandoned(reason);
    return effects.drain();
  }

  /** The epoch has got something done. */
  public void progressed() {
    course.progressed();
  }

  // The claim.

  /** Nobody owns the partition, or its owner is known to be gone. */
  public List<Effect> mayClaim(long operation) {
    if (claim.takeAnswer(ClaimLife.Step.LOOKING, operation)) {
      claim.claim();
    }
    return effects.drain();
  }

  /** Somebody else owns the partition. */
  public List<Effect> ownedByAnother(long operation) {
    if (claim.takeAnswer(ClaimLife.Step.LOOKING, operation)) {
      claim.waitToClaim();
    }
    return effects.drain();
  }

  public List<Effect> lookUpFailed(long operation, Throwable error, boolean mayPass) {
    if (claim.takeAnswer(ClaimLife.Step.LOOKING, operation)) {
      course.claimingFailed("reading the owner failed", error, mayPass);
    }
    return effects.drain();
  }

  public List<Effect> claimed(long operation) {
    if (claim.takeAnswer(ClaimLife.Step.CLAIMING, operation)) {
      claim.written();
      course.claimWritten();
    }
    return effects.drain();
  }

  /** Somebody else was faster. */
  public List<Effect> claimRefused(long operation) {
    if (claim.takeAnswer(ClaimLife.Step.CLAIMING, operation)) {
      course.claimRefused();
    }
    return effects.drain();
  }

  public List<Effect> claimFailed(long operation, Throwable error, boolean mayPass) {
    if (claim.takeAnswer(ClaimLife.Step.CLAIMING, operation)) {
      if (course.isGivingUp()) {
        course.settle();
      } else {
        course.claimingFailed("claiming failed", error, mayPass);
      }
    }
    return effects.drain();
  }

  /** Earlier owners cannot commit any more, and the position to start at is known. */
  public List<Effect> fenced(long operation) {
    if (claim.takeAnswer(ClaimLife.Step.FENCING, operation)) {
      course.beginEpoch();
    }
    return effects.drain();
  }

  public List<Effect> fenceLost(long operation, Loss loss) {
    if (claim.takeAnswer(ClaimLife.Step.FENCING, operation)) {
      course.lose(loss);
    }
    return effects.drain();
  }

  public List<Effect> fenceFailed(long operation, Throwable error, boolean mayPass) {
    if (claim.takeAnswer(ClaimLife.Step.FENCING, operation)) {
      course.fencingFailed(error, mayPass);
    }
    return effects.drain();
  }

  /** Another may have taken the partition, which only a renewal sent from now on can tell. */
  public List<Effect> claimDoubted() {
    claim.renewAtOnce();
    return effects.drain();
  }

  public List<Effect> renewed(long operation) {
    if (claim.takeRenewalAnswer(operation)) {
      claim.renewed();
    }
    return effects.drain();
  }

  public List<Effect> renewalFailed(long operation, Throwable error) {
    if (claim.takeRenewalAnswer(operation)) {
      claim.renewalFailed(error);
    }
    return effects.drain();
  }

  public List<Effect> renewalLost(long operation, Loss loss) {
    if (claim.takeRenewalAnswer(operation)) {
      course.lose(loss);
    }
    return effects.drain();
  }

  /** The claim that is held was found to be gone, or must not be trusted any longer. */
  public List<Effect> claimGone(Loss loss) {
    course.claimGone(loss);
    return effects.drain();
  }

  /** Released, found lost, or failed: harmless in each case. */
  public List<Effect> released(long operation) {
    if (claim.takeAnswer(ClaimLife.Step.RELEASING, operation)) {
      effects.cancel(Timer.RELEASE_DEADLINE);
      course.settle();
    }
    return effects.drain();
  }

  // The link.

  /**
   * The receiver has ended.
   *
   * @param stolen whether the service gave the link to another receiver
   * @param hadReceived whether events had arrived through it
   * @param mayPass whether attaching again can help
   */
  public List<Effect> receiverEnded(
      long operation, Throwable cause, boolean stolen, boolean hadReceived, boolean mayPass) {
    if (link.isAttachedBy(operation)) {
      if (mayPass) {
        link.ended(cause, stolen, hadReceived);
      } else {
        course.receivingFailed(cause);
      }
    }
    return effects.drain();
  }

  /** The partition is not the one that was read before: no receiver would succeed. */
  public List<Effect> readingFailed(Throwable error) {
    if (course.isRunning()) {
      course.receivingFailed(error);
    }
    return effects.drain();
  }

  /** The receiver looks dead although the service has events for it. */
  public List<Effect> receiverStalled(Throwable cause) {
    link.stalled(cause);
    return effects.drain();
  }

  /** The receiver has closed its link, to be followed at once by one that fits its events. */
  public List<Effect> receiverOutgrown(long operation) {
    if (link.isAttachedBy(operation)) {
      link.outgrown();
    }
    return effects.drain();
  }

  /** The claim stands, and a receiver may be attached. */
  public List<Effect> verified(long operation) {
    if (link.takeAnswer(operation)) {
      link.attach();
    }
    return effects.drain();
  }

  public List<Effect> verifyFailed(long operation, Throwable error) {
    if (link.takeAnswer(operation)) {
      link.verifyFailed(error);
    }
    return effects.drain();
  }

  /** The answer to {@link Effect.Verify} is that the claim is gone. */
  public List<Effect> verifyLost(long operation, Loss loss) {
    if (link.takeAnswer(operation)) {
      course.lose(loss);
    }
    return effects.drain();
  }

  // The hand-over.

  /** The stream emits nothing more of the epoch. */
  public List<Effect> emissionStopped() {
    handOver.emissionStopped(!course.isRestarting());
    return effects.drain();
  }

  /** The user has finished with the partition, see {@link Effect.LetUserFinish}. */
  public List<Effect> userFinished(long operation) {
    handOver.userFinished(operation);
    return effects.drain();
  }

  /** All emitted events are acknowledged, or no committer is left that could acknowledge them. */
  public List<Effect> drained() {
    handOver.drained();
    return effects.drain();
  }

  /** Stored, or failed to be: there is nothing more that this owner could do. */
  public List<Effect> flushed(long operation) {
    if (handOver.takeFlushAnswer(operation)) {
      course.endEpoch();
    }
    return effects.drain();
  }

  /** A timer asked for by {@link Effect.StartTimer} has run out. */
  public List<Effect> timerFired(Timer timer) {
    State state = state();
    switch (timer) {
      case CLAIM_RETRY -> {
        if (state == State.WAITING) {
          course.lookUp();
        }
      }
      case HOLD -> {
        if (state == State.HOLDING) {
          course.lookUp();
        }
      }
      case FENCE_RETRY -> {
        if (state == State.FENCING) {
          course.fence();
        }
      }
      case ATTACH -> link.attachDue();
      case RENEWAL, RENEWAL_RETRY -> claim.renew();
      case DRAIN_DEADLINE -> handOver.drainDeadline();
      case FLUSH_DEADLINE -> {
        if (handOver.cutFlushOff()) {
          course.endEpoch();
        }
      }
      case RELEASE_DEADLINE -> {
        if (state == State.RELEASING) {
          handOver.releaseDeadline();
          course.settle();
        } else if (state == State.CLAIMING && course.isGivingUp()) {
          course.settle();
        }
      }
    }
    return effects.drain();
  }
}
