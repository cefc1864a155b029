// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static io.github.pekkoeventhubs.life.PlannedEffects.NO_OPERATION;

import io.github.pekkoeventhubs.life.Effect.Timer;

/**
 * The claim of a partition, as a part of its {@link PartitionLife}: look-up, claim, fence, renewals
 * and release, with the attempts of each. It knows which requests were sent and when to repeat
 * them. The life decides whether the partition is still wanted.
 *
 * <p>Renewals belong to the claim and not to a step: they begin when the claim is written and end
 * when it is given up or lost, whatever happens in between.
 */
final class ClaimLife {

  enum Step {
    /** Nothing is asked: there is no claim, or it stands while an epoch runs or is drained. */
    NONE,
    /** Reading who owns the partition. */
    LOOKING,
    /** Waiting until the owner may be looked up again. */
    WAITING,
    /** Waiting after a loss, before claiming again. */
    HOLDING,
    /** The claim is being written. */
    CLAIMING,
    /** Earlier owners are being fenced off. */
    FENCING,
    /** The claim is being given up. */
    RELEASING
  }

  private final boolean claims;
  private final PlannedEffects effects;

  private Step step = Step.NONE;
  private long awaited = NO_OPERATION;
  private long awaitedRenewal = NO_OPERATION;
  private int lookUps;
  private int fences;
  private int losses;

  /** The claim is written, and neither given up nor known to be lost. */
  private boolean held;

  /**
   * @param claims whether the partition is owned through claims, as opposed to simply being read
   */
  ClaimLife(boolean claims, PlannedEffects effects) {
    this.claims = claims;
    this.effects = effects;
  }

  Step step() {
    return step;
  }

  /** Whether a claim is held, and therefore renewed. */
  boolean isHeld() {
    return held;
  }

  /** Whether the answer to this operation still counts. */
  boolean awaits(long operation) {
    return operation != NO_OPERATION && (operation == awaited || operation == awaitedRenewal);
  }

  /**
   * Takes an answer, which counts once.
   *
   * @return whether it answers what was asked in this step
   */
  boolean takeAnswer(Step askedIn, long operation) {
    boolean counts = step == askedIn && operation == awaited;
    if (counts) {
      awaited = NO_OPERATION;
    }
    return counts;
  }

  /**
   * Takes an answer, which counts once.
   *
   * @return whether it answers the latest renewal
   */
  boolean takeRenewalAnswer(long operation) {
    boolean counts = operation == awaitedRenewal;
    if (counts) {
      awaitedRenewal = NO_OPERATION;
    }
    return counts;
  }

  private long ask(Step asking) {
    step = asking;
    awaited = effects.nextOperation();
    return awaited;
  }

  /** Begins with the look-up, or with the fence where nothing is claimed. */
  void begin() {
    if (claims) {
      effects.add(new Effect.LookUp(ask(Step.LOOKING)));
    } else {
      fence();
    }
  }

  void claim() {
    effects.add(new Effect.Claim(ask(Step.CLAIMING)));
  }

  /** Looks again after a delay that grows with each look-up in a row. */
  void waitToClaim() {
    step = Step.WAITING;
    effects.start(Timer.CLAIM_RETRY, lookUps++);
  }

  /** A look-up or a claim failed that may succeed later. */
  void failedForNow(String what, Throwable error) {
    effects.add(new Effect.Report(Trouble.CLAIM, what, error));
    waitToClaim();
  }

  /** The claim is written: from now on it is renewed. */
  void written() {
    lookUps = 0;
    held = true;
    effects.start(Timer.RENEWAL, 0);
  }

  void fence() {
    effects.add(new Effect.Fence(ask(Step.FENCING)));
  }

  /** A fence failed that may succeed later. */
  void fenceAgain(Throwable error) {
    String what = "reading or fencing the checkpoint failed";
    effects.add(new Effect.Report(Trouble.CLAIM, what, error));
    effects.start(Timer.FENCE_RETRY, fences++);
  }

  /** Fences after a delay although nothing has failed. */
  void fenceLater(int attempt) {
    step = Step.FENCING;
    awaited = NO_OPERATION;
    effects.start(Timer.FENCE_RETRY, attempt);
  }

  /** The fence stands, and the epoch begins. */
  void fenced() {
    step = Step.NONE;
    fences = 0;
  }

  /** Writes the claim again, if one is held. */
  void renew() {
    if (held) {
      awaitedRenewal = effects.nextOperation();
      effects.add(new Effect.Renew(awaitedRenewal));
    }
  }

  /** Writes the claim again at once: only a renewal sent from now on tells whether it stands. */
  void renewAtOnce() {
    if (held) {
      cancelRenewals();
      renew();
    }
  }

  void renewed() {
    losses = 0;
    effects.start(Timer.RENEWAL, 0);
  }

  void renewalFailed(Throwable error) {
    effects.add(new Effect.Report(Trouble.RENEWAL, "renewing the claim failed", error));
    effects.start(Timer.RENEWAL_RETRY, 0);
  }

  private void cancelRenewals() {
    effects.cancel(Timer.RENEWAL);
    effects.cancel(Timer.RENEWAL_RETRY);
  }

  /** Waits before the next look-up, longer with each loss in a row. */
  void hold() {
    step = Step.HOLDING;
    effects.start(Timer.HOLD, losses++);
  }

  /** Gives the claim up; false if there is none to be given up. */
  boolean release() {
    if (held) {
      drop();
      cancelRenewals();
      effects.add(new Effect.Release(ask(Step.RELEASING)));
      effects.start(Timer.RELEASE_DEADLINE, 0);
      return true;
    }
    return false;
  }

  /** The claim is not held any more. */
  private void drop() {
    held = false;
    awaitedRenewal = NO_OPERATION;
  }

  /** There is no claim any more: the answers to all requests do not count. */
  void forget() {
    step = Step.NONE;
    awaited = NO_OPERATION;
    drop();
  }

  /** Nothing is held any more, and attempts are counted anew. */
  void settle() {
    forget();
    lookUps = 0;
    fences = 0;
  }
}
