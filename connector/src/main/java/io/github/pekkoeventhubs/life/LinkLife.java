// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static io.github.pekkoeventhubs.life.PlannedEffects.NO_OPERATION;

import io.github.pekkoeventhubs.life.Effect.Timer;
import org.apache.pekko.annotation.InternalApi;

/**
 * The link of a running epoch, as a part of its {@link PartitionLife}: attached, lost, and attached
 * again after the claim has been read.
 *
 * <pre>
 *  NONE ─epoch→ ATTACHED ─ended→ BACKING_OFF ─timer→ VERIFYING ─stands→ ATTACHED
 *                   └──────────outgrown──────────────────↑
 * </pre>
 */
@InternalApi
public final class LinkLife {

  /** The states of the link. */
  public enum Link {
    /** No epoch runs. */
    NONE,
    /** A receiver is attached, or being attached. */
    ATTACHED,
    /** Until the next attempt. */
    BACKING_OFF,
    /** The claim is being read before the next attach. */
    VERIFYING
  }

  private static final int THEFTS_TO_REPORT = 3;

  private final boolean claims;
  private final PlannedEffects effects;

  private Link link = Link.NONE;
  private long attachment = NO_OPERATION;
  private long verification = NO_OPERATION;
  private int attaches;
  private int thefts;

  /**
   * @param claims whether there is a claim to read before the next attach
   */
  LinkLife(boolean claims, PlannedEffects effects) {
    this.claims = claims;
    this.effects = effects;
  }

  Link link() {
    return link;
  }

  /** Whether the answer to this operation still counts. */
  boolean awaits(long operation) {
    return operation != NO_OPERATION && operation == verification;
  }

  /** Whether the receiver that is attached now was attached by this operation. */
  boolean isAttachedBy(long operation) {
    return link == Link.ATTACHED && operation == attachment;
  }

  /**
   * Takes an answer, which counts once.
   *
   * @return whether it answers the reading of the claim
   */
  boolean takeAnswer(long operation) {
    boolean counts = link == Link.VERIFYING && operation == verification;
    if (counts) {
      verification = NO_OPERATION;
    }
    return counts;
  }

  /** The epoch begins. */
  void begin() {
    attaches = 0;
    thefts = 0;
    attach();
  }

  void attach() {
    link = Link.ATTACHED;
    attachment = effects.nextOperation();
    effects.add(new Effect.Attach(attachment));
  }

  /** The receiver has ended, and another may succeed. */
  void ended(Throwable cause, boolean stolen, boolean hadReceived) {
    if (hadReceived) {
      attaches = 0;
    }
    thefts = stolen ? thefts + 1 : 0;
    if (thefts >= THEFTS_TO_REPORT) {
      effects.add(new Effect.ReportForeignReader(thefts));
    } else {
      effects.add(new Effect.Report(Trouble.LINK, "the receiver has ended", cause));
    }
    backOff();
  }

  /** The receiver looks dead although the service has events for it. */
  void stalled(Throwable cause) {
    if (link == Link.ATTACHED) {
      ended(cause, false, false);
    }
  }

  /** The receiver has closed its link, to be followed at once by one that fits its events. */
  void outgrown() {
    attaches = 0;
    verifyAndAttach();
  }

  /** The next attempt is due. */
  void attachDue() {
    if (link == Link.BACKING_OFF) {
      verifyAndAttach();
    }
  }

  void verifyFailed(Throwable error) {
    effects.add(
        new Effect.Report(Trouble.LINK, "reading the claim before attaching failed", error));
    backOff();
  }

  /** The epoch is being ended: no receiver is attached any more. */
  void forget() {
    link = Link.NONE;
    attachment = NO_OPERATION;
    verification = NO_OPERATION;
  }

  private void verifyAndAttach() {
    if (claims) {
      link = Link.VERIFYING;
      verification = effects.nextOperation();
      effects.add(new Effect.Verify(verification));
    } else {
      attach();
    }
  }

  private void backOff() {
    link = Link.BACKING_OFF;
    effects.start(Timer.ATTACH, attaches++);
  }
}
