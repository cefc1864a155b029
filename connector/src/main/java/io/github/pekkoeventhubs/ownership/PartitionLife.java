// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.annotation.InternalApi;

/**
 * The life of one partition at one owner, as a state machine without clock, threads or I/O: each
 * input returns the effects that the owner is to perform, in this order.
 *
 * <p>Every request to the outside carries an operation number. Only the answer to the latest one of
 * its kind counts; an answer of an earlier attempt or epoch changes nothing, so that it never
 * matters how late it comes.
 *
 * <pre>
 *  PARKED ─stream→ LOOKING ─free→ CLAIMING ─claimed→ FENCING ─fenced→ RUNNING
 *    ↑                ↑ └─owned by another─ WAITING ┘                    │ stop, or stream gone
 *    │                └──────── HOLDING ←─ lost ─────────────────────────┤
 *    └── released ── RELEASING ←─ FLUSHING ←─ DRAINING ←─────────────────┘
 *                        FENCING ←───┘ another stream of this node waits
 * </pre>
 *
 * A stop request ends in STOPPED from everywhere, through drain, flush and release where there is a
 * claim. Partitions without claims (fixed ones) skip the claim and the release.
 */
@InternalApi
public final class PartitionLife {

  enum State {
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
    /** The stream finishes what was emitted. */
    DRAINING,
    /** What was acknowledged is being stored. */
    FLUSHING,
    /** The claim is being given up. */
    RELEASING,
    /** The end. */
    STOPPED
  }

  /** What happens to the link within RUNNING. */
  enum Link {
    NONE,
    ATTACHED,
    /** Until the next attempt. */
    BACKING_OFF,
    /** The claim is being read before the next attach. */
    VERIFYING
  }

  /** What the owner has to do. */
  public sealed interface Effect {
    /** Read the ownership record, and judge whether it may be claimed. */
    record LookUp(long operation) implements Effect {}

    /** Write the claim over the record that was looked up. */
    record Claim(long operation) implements Effect {}

    /** Read or create the checkpoint and fence earlier owners off. */
    record Fence(long operation) implements Effect {}

    /** Start the epoch in the stream, at the position that was fenced. */
    record BeginEpoch() implements Effect {}

    /** Attach a receiver, for the first time in this epoch or after the last received event. */
    record Attach(long operation) implements Effect {}

    /** Read whether the claim still stands, and adopt its version. */
    record Verify(long operation) implements Effect {}

    /** Write the claim again. */
    record Renew(long operation) implements Effect {}

    /** Detach the receiver, drop what was not emitted, and tell the stream to finish. */
    record BeginDrain(String reason) implements Effect {}

    /** Store what was acknowledged. */
    record Flush(long operation) implements Effect {}

    /** Give the claim up. */
    record Release(long operation) implements Effect {}

    /** The epoch is over: drop commits from now on. */
    record EndEpoch(boolean lost, String reason) implements Effect {}

    /** Ask for {@code timerFired} of this timer, replacing an earlier one of its kind. */
    record StartTimer(Timer timer, int attempt) implements Effect {}

    /** Forget a timer. */
    record CancelTimer(Timer timer) implements Effect {}

    /** The stream that was offered cannot go on. */
    record FailStream(Throwable error) implements Effect {}

    /** Something went wrong that is being tried again. */
    record Report(String what, Throwable error) implements Effect {}

    /** The stream that waits is served from now on, under the same claim if there is one. */
    record NextStream() implements Effect {}

    /** Somebody else keeps attaching to this partition while the claim stands. */
    record ReportForeignReader(int thefts) implements Effect {}

    /** Nothing is held here any more: the stream that was served is not used any more. */
    record Parked() implements Effect {}

    /** The owner ends. */
    record Stop() implements Effect {}
  }

  /** The owner chooses the delays; the attempt number lets them grow. */
  public enum Timer {
    CLAIM_RETRY,
    HOLD,
    FENCE_RETRY,
    ATTACH,
    RENEWAL,
    RENEWAL_RETRY,
    DRAIN_DEADLINE,
    FLUSH_DEADLINE,
    RELEASE_DEADLINE
  }

  private static final int THEFTS_TO_REPORT = 3;

  private final boolean claims;
  private State state = State.PARKED;
  private Link link = Link.NONE;

  private boolean streamOffered;
  private boolean stopping;

  /** The stream that is served is not used any more, whichever is offered next. */
  private boolean streamGone;

  /** The claim was written just now, so that its renewal is not due yet. */
  private boolean claimIsFresh;

  /** The stream wants the partition again, from its checkpoint, under the same claim. */
  private boolean restarting;

  private long lastOperation;
  private long awaited;
  private long awaitedRenewal;
  private long attachment;
  private int lookUps;
  private int fences;

  /** The epoch that runs has got something done. */
  private boolean progressed;

  /** How many epochs in a row began anew without that. */
  private int fruitlessEpochs;

  private int attaches;
  private int thefts;
  private int losses;
  private String endReason = "";

  private final List<Effect> effects = new ArrayList<>();

  /**
   * @param claims whether the partition is owned through claims, as opposed to simply being read
   */
  PartitionLife(boolean claims) {
    this.claims = claims;
  }

  State state() {
    return state;
  }

  Link link() {
    return link;
  }

  /** Whether the partition will begin anew for the same stream, under the same claim. */
  boolean isRestarting() {
    return restarting && !givingUp();
  }

  /** Whether the answer to this operation still counts. */
  boolean awaits(long operation) {
    return operation == awaited || operation == awaitedRenewal;
  }

  // Wishes from outside.

  /** A stream on this node wants the partition. */
  List<Effect> streamOffered() {
    streamOffered = true;
    if (state == State.PARKED && !stopping) {
      lookUp();
    }
    return taken();
  }

  /** The stream that had the partition is going away. A stream offered after this is another. */
  List<Effect> streamWithdrawn(String reason) {
    if (!streamGone) {
      streamOffered = false;
      if (state != State.PARKED && !stopping) {
        streamGone = true;
        giveUp(reason);
      }
    }
    return taken();
  }

  /**
   * The stream that has the partition is to be drained, and another one of this node to have it
   * next: under the same claim, so that nobody else gets it in between.
   */
  List<Effect> streamReplaced(String reason) {
    if (state == State.PARKED || streamGone || stopping) {
      return streamOffered();
    }
    switch (state) {
      case LOOKING, WAITING, HOLDING, CLAIMING -> effects.add(new Effect.NextStream());
      case FENCING -> {
        // Each stream says itself where it begins.
        cancel(Timer.FENCE_RETRY);
        effects.add(new Effect.NextStream());
        fence();
      }
      default -> {
        streamGone = true;
        giveUp(reason);
      }
    }
    return taken();
  }

  /** The stream that waits for another one to be drained does not want the partition any more. */
  List<Effect> nextStreamWithdrawn() {
    if (streamGone) {
      streamOffered = false;
    }
    return taken();
  }

  /** The partition is to be handed over and the owner to end. Idempotent. */
  List<Effect> stopRequested(String reason) {
    if (!stopping) {
      stopping = true;
      giveUp(reason);
    }
    return taken();
  }

  /**
   * The user has ended the partition's own part of the stream: what was acknowledged is stored, and
   * the partition begins anew after it, under the same claim: at once if the epoch has progressed,
   * else after a while, since it would meet the same event again.
   */
  List<Effect> abandoned(String reason) {
    if (state == State.RUNNING) {
      restarting = true;
      giveUp(reason);
    }
    return taken();
  }

  /** The epoch has got something done. */
  void progressed() {
    progressed = true;
  }

  private void giveUp(String reason) {
    switch (state) {
      case PARKED, LOOKING, WAITING, HOLDING -> {
        cancel(Timer.CLAIM_RETRY);
        cancel(Timer.HOLD);
        settle();
      }
      case CLAIMING, FENCING -> {
        // The claim may already be written: its answer decides, within the time of a release.
        endReason = reason;
        cancel(Timer.FENCE_RETRY);
        if (state == State.FENCING) {
          release();
        } else {
          start(Timer.RELEASE_DEADLINE, 0);
        }
      }
      case RUNNING -> {
        endReason = reason;
        state = State.DRAINING;
        forgetAnswers();
        cancel(Timer.ATTACH);
        cancel(Timer.RENEWAL);
        cancel(Timer.RENEWAL_RETRY);
        effects.add(new Effect.BeginDrain(reason));
        start(Timer.DRAIN_DEADLINE, 0);
      }
      case DRAINING, FLUSHING, RELEASING, STOPPED -> {
        // Under way already, and it ends by itself.
      }
    }
  }

  // Claiming.

  private void lookUp() {
    if (!claims) {
      fence();
      return;
    }
    state = State.LOOKING;
    awaited = ++lastOperation;
    effects.add(new Effect.LookUp(awaited));
  }

  private void fence() {
    state = State.FENCING;
    awaited = ++lastOperation;
    effects.add(new Effect.Fence(awaited));
  }

  /** Nobody owns the partition, or its owner is known to be gone. */
  List<Effect> mayClaim(long operation) {
    if (isAnswer(State.LOOKING, operation)) {
      state = State.CLAIMING;
      awaited = ++lastOperation;
      effects.add(new Effect.Claim(awaited));
    }
    return taken();
  }

  /** Somebody else owns the partition. */
  List<Effect> ownedByAnother(long operation) {
    if (isAnswer(State.LOOKING, operation)) {
      waitToClaim();
    }
    return taken();
  }

  private void waitToClaim() {
    state = State.WAITING;
    start(Timer.CLAIM_RETRY, lookUps++);
  }

  List<Effect> lookUpFailed(long operation, Throwable error, boolean mayPass) {
    if (isAnswer(State.LOOKING, operation)) {
      if (mayPass) {
        effects.add(new Effect.Report("reading the owner failed", error));
        waitToClaim();
      } else {
        fail(error);
      }
    }
    return taken();
  }

  List<Effect> claimed(long operation) {
    if (isAnswer(State.CLAIMING, operation)) {
      lookUps = 0;
      claimIsFresh = true;
      if (anotherStreamWaits()) {
        cancel(Timer.RELEASE_DEADLINE);
        streamGone = false;
        effects.add(new Effect.NextStream());
        fence();
      } else if (givingUp()) {
        cancel(Timer.RELEASE_DEADLINE);
        release();
      } else {
        fence();
      }
    }
    return taken();
  }

  /** Somebody else was faster. */
  List<Effect> claimRefused(long operation) {
    if (isAnswer(State.CLAIMING, operation)) {
      if (givingUp()) {
        settle();
      } else {
        waitToClaim();
      }
    }
    return taken();
  }

  List<Effect> claimFailed(long operation, Throwable error, boolean mayPass) {
    if (isAnswer(State.CLAIMING, operation)) {
      if (givingUp()) {
        settle();
      } else if (mayPass) {
        effects.add(new Effect.Report("claiming failed", error));
        waitToClaim();
      } else {
        fail(error);
      }
    }
    return taken();
  }

  /** Earlier owners cannot commit any more, and the position to start at is known. */
  List<Effect> fenced(long operation) {
    if (isAnswer(State.FENCING, operation)) {
      fences = 0;
      attaches = 0;
      thefts = 0;
      progressed = false;
      state = State.RUNNING;
      effects.add(new Effect.BeginEpoch());
      if (claims && claimIsFresh) {
        start(Timer.RENEWAL, 0);
      } else if (claims) {
        // Written long ago, by an epoch before or before fencing was tried again.
        renew();
      }
      claimIsFresh = false;
      attach();
    }
    return taken();
  }

  List<Effect> fenceLost(long operation, String reason) {
    if (isAnswer(State.FENCING, operation)) {
      lose(reason);
    }
    return taken();
  }

  List<Effect> fenceFailed(long operation, Throwable error, boolean mayPass) {
    if (isAnswer(State.FENCING, operation)) {
      if (mayPass) {
        claimIsFresh = false;
        effects.add(new Effect.Report("reading or fencing the checkpoint failed", error));
        start(Timer.FENCE_RETRY, fences++);
      } else {
        failStream(error);
        endReason = "the stream failed";
        release();
      }
    }
    return taken();
  }

  // Running.

  private void attach() {
    link = Link.ATTACHED;
    attachment = ++lastOperation;
    effects.add(new Effect.Attach(attachment));
  }

  /**
   * The receiver has ended.
   *
   * @param stolen whether the service gave the link to another receiver
   * @param hadReceived whether events had arrived through it
   * @param mayPass whether attaching again can help
   */
  List<Effect> receiverEnded(
      long operation, Throwable cause, boolean stolen, boolean hadReceived, boolean mayPass) {
    if (state == State.RUNNING && link == Link.ATTACHED && operation == attachment) {
      if (!mayPass) {
        failStream(cause);
        giveUp("the stream failed");
        return taken();
      }
      if (hadReceived) {
        attaches = 0;
      }
      thefts = stolen ? thefts + 1 : 0;
      if (thefts >= THEFTS_TO_REPORT) {
        effects.add(new Effect.ReportForeignReader(thefts));
      } else {
        effects.add(new Effect.Report("the receiver has ended", cause));
      }
      link = Link.BACKING_OFF;
      start(Timer.ATTACH, attaches++);
    }
    return taken();
  }

  /** The receiver looks dead although the service has events for it. */
  List<Effect> receiverStalled(Throwable cause) {
    return receiverEnded(attachment, cause, false, false, true);
  }

  /** The receiver has closed its link, to be followed at once by one that fits its events. */
  List<Effect> receiverOutgrown(long operation) {
    if (state == State.RUNNING && link == Link.ATTACHED && operation == attachment) {
      attaches = 0;
      verifyAndAttach();
    }
    return taken();
  }

  private void verifyAndAttach() {
    if (claims) {
      link = Link.VERIFYING;
      awaited = ++lastOperation;
      effects.add(new Effect.Verify(awaited));
    } else {
      attach();
    }
  }

  List<Effect> verified(long operation) {
    if (link == Link.VERIFYING && isAnswer(State.RUNNING, operation)) {
      attach();
    }
    return taken();
  }

  List<Effect> verifyFailed(long operation, Throwable error) {
    if (link == Link.VERIFYING && isAnswer(State.RUNNING, operation)) {
      effects.add(new Effect.Report("reading the claim before attaching failed", error));
      link = Link.BACKING_OFF;
      start(Timer.ATTACH, attaches++);
    }
    return taken();
  }

  /** The answer to {@link Effect.Verify} is that the claim is gone. */
  List<Effect> verifyLost(long operation, String reason) {
    if (link == Link.VERIFYING && isAnswer(State.RUNNING, operation)) {
      lose(reason);
    }
    return taken();
  }

  private void renew() {
    awaitedRenewal = ++lastOperation;
    effects.add(new Effect.Renew(awaitedRenewal));
  }

  /** Another may have taken the partition, which only a renewal sent from now on can tell. */
  List<Effect> claimDoubted() {
    if (state == State.RUNNING && claims) {
      cancel(Timer.RENEWAL);
      cancel(Timer.RENEWAL_RETRY);
      renew();
    }
    return taken();
  }

  List<Effect> renewed(long operation) {
    if (isRenewalAnswer(operation)) {
      losses = 0;
      start(Timer.RENEWAL, 0);
    }
    return taken();
  }

  List<Effect> renewalFailed(long operation, Throwable error) {
    if (isRenewalAnswer(operation)) {
      effects.add(new Effect.Report("renewing the claim failed", error));
      start(Timer.RENEWAL_RETRY, 0);
    }
    return taken();
  }

  List<Effect> renewalLost(long operation, String reason) {
    if (isRenewalAnswer(operation)) {
      lose(reason);
    }
    return taken();
  }

  /** The claim is gone, or must not be trusted any longer: found out while working under it. */
  List<Effect> claimGone(String reason) {
    if (state == State.RUNNING || state == State.DRAINING || state == State.FLUSHING) {
      lose(reason);
    }
    return taken();
  }

  // Handing over.

  /** Everything that was emitted is accounted for. */
  List<Effect> drained() {
    if (state == State.DRAINING) {
      flush();
    }
    return taken();
  }

  private void flush() {
    cancel(Timer.DRAIN_DEADLINE);
    state = State.FLUSHING;
    awaited = ++lastOperation;
    effects.add(new Effect.Flush(awaited));
    start(Timer.FLUSH_DEADLINE, 0);
  }

  /** Stored, or failed to be: there is nothing more that this owner could do. */
  List<Effect> flushed(long operation) {
    if (isAnswer(State.FLUSHING, operation)) {
      cancel(Timer.FLUSH_DEADLINE);
      endEpoch();
    }
    return taken();
  }

  private void endEpoch() {
    effects.add(new Effect.EndEpoch(false, endReason));
    boolean again = isRestarting();
    restarting = false;
    if (again && !progressed) {
      state = State.FENCING;
      forgetAnswers();
      start(Timer.FENCE_RETRY, fruitlessEpochs++);
    } else if (again) {
      fruitlessEpochs = 0;
      fence();
    } else if (anotherStreamWaits()) {
      fruitlessEpochs = 0;
      streamGone = false;
      effects.add(new Effect.NextStream());
      fence();
    } else {
      release();
    }
  }

  private void release() {
    if (!claims) {
      settle();
      return;
    }
    state = State.RELEASING;
    awaited = ++lastOperation;
    effects.add(new Effect.Release(awaited));
    start(Timer.RELEASE_DEADLINE, 0);
  }

  /** Released, found lost, or failed: harmless in each case. */
  List<Effect> released(long operation) {
    if (isAnswer(State.RELEASING, operation)) {
      cancel(Timer.RELEASE_DEADLINE);
      settle();
    }
    return taken();
  }

  // Ends.

  private boolean givingUp() {
    return stopping || streamGone;
  }

  private boolean anotherStreamWaits() {
    return streamGone && streamOffered && !stopping;
  }

  private void lose(String reason) {
    boolean hadEpoch = state == State.RUNNING || state == State.DRAINING || state == State.FLUSHING;
    cancelAll();
    restarting = false;
    forgetAnswers();
    if (hadEpoch) {
      effects.add(new Effect.EndEpoch(true, reason));
    }
    if (stopping || !streamOffered) {
      settle();
      return;
    }
    if (streamGone) {
      streamGone = false;
      effects.add(new Effect.Parked());
    }
    state = State.HOLDING;
    start(Timer.HOLD, losses++);
  }

  private void fail(Throwable error) {
    failStream(error);
    settle();
  }

  private void failStream(Throwable error) {
    effects.add(new Effect.FailStream(error));
    streamOffered = false;
    streamGone = true;
  }

  /** Nothing is held any more: end, begin again for a stream that waits, or park. */
  private void settle() {
    cancelAll();
    forgetAnswers();
    streamGone = false;
    lookUps = 0;
    fences = 0;
    fruitlessEpochs = 0;
    if (stopping) {
      if (state != State.STOPPED) {
        state = State.STOPPED;
        effects.add(new Effect.Stop());
      }
    } else if (streamOffered) {
      effects.add(new Effect.Parked());
      lookUp();
    } else {
      state = State.PARKED;
      effects.add(new Effect.Parked());
    }
  }

  /** A timer asked for by {@link Effect.StartTimer} has run out. */
  public List<Effect> timerFired(Timer timer) {
    switch (timer) {
      case CLAIM_RETRY -> {
        if (state == State.WAITING) {
          lookUp();
        }
      }
      case HOLD -> {
        if (state == State.HOLDING) {
          lookUp();
        }
      }
      case FENCE_RETRY -> {
        if (state == State.FENCING) {
          fence();
        }
      }
      case ATTACH -> {
        if (state == State.RUNNING && link == Link.BACKING_OFF) {
          verifyAndAttach();
        }
      }
      case RENEWAL, RENEWAL_RETRY -> {
        if (state == State.RUNNING && claims) {
          renew();
        }
      }
      case DRAIN_DEADLINE -> {
        if (state == State.DRAINING) {
          flush();
        }
      }
      case FLUSH_DEADLINE -> {
        if (state == State.FLUSHING) {
          endEpoch();
        }
      }
      case RELEASE_DEADLINE -> {
        if (state == State.RELEASING || (state == State.CLAIMING && givingUp())) {
          settle();
        }
      }
    }
    return taken();
  }

  /** Whether this answers what was asked in this state; an answer counts once. */
  private boolean isAnswer(State askedIn, long operation) {
    boolean counts = state == askedIn && operation == awaited;
    if (counts) {
      awaited = ++lastOperation;
    }
    return counts;
  }

  private boolean isRenewalAnswer(long operation) {
    boolean counts = state == State.RUNNING && operation == awaitedRenewal;
    if (counts) {
      awaitedRenewal = ++lastOperation;
    }
    return counts;
  }

  /** Whatever was asked is of no interest any more. */
  private void forgetAnswers() {
    link = Link.NONE;
    attachment = ++lastOperation;
    awaited = ++lastOperation;
    awaitedRenewal = ++lastOperation;
  }

  private void start(Timer timer, int attempt) {
    effects.add(new Effect.StartTimer(timer, attempt));
  }

  private void cancel(Timer timer) {
    effects.add(new Effect.CancelTimer(timer));
  }

  private void cancelAll() {
    for (Timer timer : Timer.values()) {
      cancel(timer);
    }
  }

  private List<Effect> taken() {
    List<Effect> result = List.copyOf(effects);
    effects.clear();
    return result;
  }
}
