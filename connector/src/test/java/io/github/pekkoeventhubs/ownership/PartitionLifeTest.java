// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.ServiceUnavailableException;
import io.github.pekkoeventhubs.ownership.Effect.Timer;
import io.github.pekkoeventhubs.ownership.LifeCourse.State;
import io.github.pekkoeventhubs.ownership.LinkLife.Link;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PartitionLifeTest {

  private final Throwable error = new ServiceUnavailableException("busy", null);

  private PartitionLife life = new PartitionLife(true);

  // Ways into a state; each returns the operation whose answer is awaited there.

  private long looking() {
    return operation(life.streamOffered());
  }

  private long claiming() {
    return operation(life.mayClaim(looking()));
  }

  private long fencing() {
    return operation(life.claimed(claiming()));
  }

  /** Returns the operation of the attached receiver. */
  private long running() {
    return operation(life.fenced(fencing()));
  }

  private long renewing() {
    running();
    return operation(life.timerFired(Timer.RENEWAL));
  }

  private long verifying() {
    lostLink(running());
    return operation(life.timerFired(Timer.ATTACH));
  }

  private long flushing() {
    running();
    life.stopRequested("rebalanced");
    return operation(life.drained());
  }

  private List<Effect> lostLink(long attachment) {
    return life.receiverEnded(attachment, error, false, false, true);
  }

  /** The operation number of the last request among these effects. */
  private static long operation(List<Effect> effects) {
    return effects.stream()
        .mapToLong(PartitionLifeTest::operationOf)
        .filter(operation -> operation > 0)
        .reduce((first, second) -> second)
        .orElseThrow(() -> new AssertionError("no request among " + effects));
  }

  private static long operationOf(Effect effect) {
    if (effect instanceof Effect.LookUp request) {
      return request.operation();
    } else if (effect instanceof Effect.Claim request) {
      return request.operation();
    } else if (effect instanceof Effect.Fence request) {
      return request.operation();
    } else if (effect instanceof Effect.Attach request) {
      return request.operation();
    } else if (effect instanceof Effect.Verify request) {
      return request.operation();
    } else if (effect instanceof Effect.Renew request) {
      return request.operation();
    } else if (effect instanceof Effect.Flush request) {
      return request.operation();
    } else if (effect instanceof Effect.Release request) {
      return request.operation();
    }
    return 0;
  }

  /** What is done, without the timers that are cancelled on the way. */
  private static List<Effect> withoutCancelling(List<Effect> effects) {
    return effects.stream().filter(effect -> !(effect instanceof Effect.CancelTimer)).toList();
  }

  private static List<String> names(List<Effect> effects) {
    return withoutCancelling(effects).stream()
        .map(effect -> effect.getClass().getSimpleName())
        .toList();
  }

  private static Effect timer(Timer timer, int attempt) {
    return new Effect.StartTimer(timer, attempt);
  }

  @Nested
  class Claiming {

    @Test
    void aPartitionIsParkedUntilAStreamWantsIt() {
      assertThat(life.state()).isEqualTo(State.PARKED);

      assertThat(names(life.streamOffered())).containsExactly("LookUp");
      assertThat(life.state()).isEqualTo(State.LOOKING);
    }

    @Test
    void aFreePartitionIsClaimedThenFencedThenRun() {
      assertThat(names(life.mayClaim(looking()))).containsExactly("Claim");
      assertThat(life.state()).isEqualTo(State.CLAIMING);
    }

    @Test
    void aClaimIsFollowedByTheFence() {
      assertThat(names(life.claimed(claiming()))).containsExactly("Fence");
      assertThat(life.state()).isEqualTo(State.FENCING);
    }

    @Test
    void theFenceIsFollowedByTheEpochItsRenewalsAndTheReceiver() {
      List<Effect> effects = life.fenced(fencing());

      assertThat(names(effects)).containsExactly("BeginEpoch", "StartTimer", "Attach");
      assertThat(effects).contains(timer(Timer.RENEWAL, 0));
      assertThat(life.state()).isEqualTo(State.RUNNING);
      assertThat(life.link()).isEqualTo(Link.ATTACHED);
    }

    @Test
    void aPartitionOfSomebodyElseIsLookedAtAgainEverMoreSlowly() {
      List<Effect> first = life.ownedByAnother(looking());
      List<Effect> second = life.ownedByAnother(operation(life.timerFired(Timer.CLAIM_RETRY)));
      List<Effect> third = life.ownedByAnother(operation(life.timerFired(Timer.CLAIM_RETRY)));

      assertThat(first).containsExactly(timer(Timer.CLAIM_RETRY, 0));
      assertThat(second).containsExactly(timer(Timer.CLAIM_RETRY, 1));
      assertThat(third).containsExactly(timer(Timer.CLAIM_RETRY, 2));
      assertThat(life.state()).isEqualTo(State.WAITING);
    }

    @Test
    void anotherStreamLooksSoonAgain() {
      life.ownedByAnother(looking());
      life.ownedByAnother(operation(life.timerFired(Timer.CLAIM_RETRY)));
      life.streamWithdrawn("shared");

      assertThat(life.ownedByAnother(looking())).containsExactly(timer(Timer.CLAIM_RETRY, 0));
    }

    @Test
    void aLostRaceForTheClaimIsNoError() {
      assertThat(life.claimRefused(claiming())).containsExactly(timer(Timer.CLAIM_RETRY, 0));
      assertThat(life.state()).isEqualTo(State.WAITING);
    }

    @Test
    void aFailureThatMayPassIsReportedAndTriedAgain() {
      assertThat(names(life.lookUpFailed(looking(), error, true)))
          .containsExactly("Report", "StartTimer");
      long claim = operation(life.mayClaim(operation(life.timerFired(Timer.CLAIM_RETRY))));
      assertThat(names(life.claimFailed(claim, error, true)))
          .containsExactly("Report", "StartTimer");
      assertThat(life.state()).isEqualTo(State.WAITING);
    }

    @Test
    void aFailureThatCannotPassFailsTheStreamAndParks() {
      assertThat(withoutCancelling(life.lookUpFailed(looking(), error, false)))
          .containsExactly(new Effect.FailStream(error), new Effect.Parked());
      assertThat(withoutCancelling(life.claimFailed(claiming(), error, false)))
          .containsExactly(new Effect.FailStream(error), new Effect.Parked());
      assertThat(life.state()).isEqualTo(State.PARKED);
    }

    @Test
    void fencingIsTriedAgainWithGrowingDelaysWhileTheFailureMayPass() {
      List<Effect> first = life.fenceFailed(fencing(), error, true);
      List<Effect> second =
          life.fenceFailed(operation(life.timerFired(Timer.FENCE_RETRY)), error, true);

      assertThat(first).contains(timer(Timer.FENCE_RETRY, 0));
      assertThat(second).contains(timer(Timer.FENCE_RETRY, 1));
      assertThat(life.state()).isEqualTo(State.FENCING);
    }

    @Test
    void aClaimThatHasAgedWhileFencingWasTriedAgainIsRenewedAtOnce() {
      life.fenceFailed(fencing(), error, true);
      List<Effect> effects = life.fenced(operation(life.timerFired(Timer.FENCE_RETRY)));

      assertThat(names(effects)).containsExactly("BeginEpoch", "Renew", "Attach");
    }

    @Test
    void aFenceThatCannotSucceedFailsTheStreamAndReleases() {
      assertThat(names(life.fenceFailed(fencing(), error, false)))
          .containsExactly("FailStream", "Release", "StartTimer");
      assertThat(life.state()).isEqualTo(State.RELEASING);
    }

    @Test
    void aClaimLostBeforeTheEpochIsHeldBackWithoutAnEndOfAnEpoch() {
      assertThat(withoutCancelling(life.fenceLost(fencing(), "claimed by b")))
          .containsExactly(timer(Timer.HOLD, 0));
      assertThat(life.state()).isEqualTo(State.HOLDING);
    }
  }

  @Nested
  class Running {

    @Test
    void aLostLinkIsAttachedAgainAfterTheClaimWasRead() {
      assertThat(lostLink(running())).contains(timer(Timer.ATTACH, 0));
      List<Effect> verify = life.timerFired(Timer.ATTACH);
      assertThat(names(verify)).containsExactly("Verify");
      assertThat(names(life.verified(operation(verify)))).containsExactly("Attach");
      assertThat(life.link()).isEqualTo(Link.ATTACHED);
    }

    @Test
    void linksThatDeliverNothingAreAttachedEverMoreSlowly() {
      lostLink(running());
      long next = operation(life.verified(operation(life.timerFired(Timer.ATTACH))));

      assertThat(lostLink(next)).contains(timer(Timer.ATTACH, 1));
    }

    @Test
    void aLinkThatHasDeliveredIsAttachedAgainSoon() {
      lostLink(running());
      long next = operation(life.verified(operation(life.timerFired(Timer.ATTACH))));

      assertThat(life.receiverEnded(next, error, false, true, true))
          .contains(timer(Timer.ATTACH, 0));
    }

    @Test
    void theThirdTheftInARowIsReportedAsAForeignReader() {
      long attachment = running();
      for (int i = 0; i < 2; i++) {
        assertThat(names(life.receiverEnded(attachment, error, true, true, true)))
            .contains("Report");
        attachment = operation(life.verified(operation(life.timerFired(Timer.ATTACH))));
      }

      assertThat(life.receiverEnded(attachment, error, true, true, true))
          .contains(new Effect.ReportForeignReader(3));
    }

    @Test
    void aLostLinkBetweenTheftsStartsTheirCountAnew() {
      long attachment = running();
      for (int i = 0; i < 6; i++) {
        assertThat(names(life.receiverEnded(attachment, error, i % 2 == 0, true, true)))
            .doesNotContain("ReportForeignReader");
        attachment = operation(life.verified(operation(life.timerFired(Timer.ATTACH))));
      }
    }

    @Test
    void aReceiverThatCannotSucceedFailsTheStreamAndDrains() {
      assertThat(names(life.receiverEnded(running(), error, false, false, false)))
          .containsExactly("FailStream", "BeginDrain", "StartTimer");
      assertThat(life.state()).isEqualTo(State.DRAINING);
    }

    @Test
    void aStalledReceiverIsRebuiltLikeALostOne() {
      running();

      assertThat(life.receiverStalled(error)).contains(timer(Timer.ATTACH, 0));
    }

    @Test
    void aLinkThatDoesNotFitItsEventsIsReplacedAtOnceUnderAClaimThatStillStands() {
      List<Effect> verify = life.receiverOutgrown(running());

      assertThat(names(verify)).containsExactly("Verify");
      assertThat(names(life.verified(operation(verify)))).containsExactly("Attach");
    }

    @Test
    void aLinkThatEndedBeforeItWasReplacedIsAttachedOnce() {
      long attachment = running();
      lostLink(attachment);

      assertThat(life.receiverOutgrown(attachment)).isEmpty();
    }

    @Test
    void theClaimIsReadAgainLaterIfThatFails() {
      long verify = verifying();

      assertThat(life.verifyFailed(verify, error)).contains(timer(Timer.ATTACH, 1));
      assertThat(life.link()).isEqualTo(Link.BACKING_OFF);
    }

    @Test
    void aClaimFoundGoneBeforeAnAttachEndsTheEpoch() {
      assertThat(withoutCancelling(life.verifyLost(verifying(), "claimed by b")))
          .containsExactly(new Effect.EndEpoch(true, "claimed by b"), timer(Timer.HOLD, 0));
    }

    @Test
    void eachRenewalAsksForTheNext() {
      assertThat(life.renewed(renewing())).containsExactly(timer(Timer.RENEWAL, 0));
    }

    @Test
    void aFailedRenewalIsTriedAgainSoon() {
      assertThat(life.renewalFailed(renewing(), error)).contains(timer(Timer.RENEWAL_RETRY, 0));
      assertThat(names(life.timerFired(Timer.RENEWAL_RETRY))).containsExactly("Renew");
    }

    @Test
    void aClaimFoundGoneOnRenewalEndsTheEpoch() {
      assertThat(withoutCancelling(life.renewalLost(renewing(), "claimed by b")))
          .containsExactly(new Effect.EndEpoch(true, "claimed by b"), timer(Timer.HOLD, 0));
      assertThat(life.state()).isEqualTo(State.HOLDING);
    }

    @Test
    void aDoubtedClaimIsRenewedAtOnceAndTheAnswerToAnEarlierRenewalSaysNothing() {
      long earlier = renewing();
      List<Effect> doubted = life.claimDoubted();

      assertThat(names(withoutCancelling(doubted))).containsExactly("Renew");
      assertThat(life.awaits(earlier)).isFalse();
      assertThat(life.renewed(earlier)).isEmpty();
      assertThat(withoutCancelling(life.renewalLost(operation(doubted), "claimed by b")))
          .containsExactly(new Effect.EndEpoch(true, "claimed by b"), timer(Timer.HOLD, 0));
    }

    @Test
    void lossesInARowAreHeldBackEverLonger() {
      life.renewalLost(renewing(), "claimed by b");
      long lookUp = operation(life.timerFired(Timer.HOLD));
      life.fenced(operation(life.claimed(operation(life.mayClaim(lookUp)))));

      assertThat(life.claimGone("expired")).contains(timer(Timer.HOLD, 1));
    }

    @Test
    void aRenewalThatSucceedsForgetsEarlierLosses() {
      life.renewalLost(renewing(), "claimed by b");
      long lookUp = operation(life.timerFired(Timer.HOLD));
      life.fenced(operation(life.claimed(operation(life.mayClaim(lookUp)))));
      life.renewed(operation(life.timerFired(Timer.RENEWAL)));

      assertThat(life.claimGone("expired")).contains(timer(Timer.HOLD, 0));
    }

    @Test
    void aRenewalAnsweredInALaterEpochChangesNothing() {
      long renewal = renewing();
      life.claimGone("claimed by b");
      long lookUp = operation(life.timerFired(Timer.HOLD));
      life.fenced(operation(life.claimed(operation(life.mayClaim(lookUp)))));

      assertThat(life.renewalLost(renewal, "claimed by b")).isEmpty();
      assertThat(life.state()).isEqualTo(State.RUNNING);
    }
  }

  @Nested
  class HandingOver {

    @Test
    void aRunningPartitionIsDrainedFlushedEndedReleasedAndStoppedInThisOrder() {
      running();

      List<Effect> draining = life.stopRequested("rebalanced");
      assertThat(withoutCancelling(draining))
          .containsExactly(new Effect.BeginDrain("rebalanced"), timer(Timer.DRAIN_DEADLINE, 0));
      List<Effect> flushing = life.drained();
      assertThat(names(flushing)).containsExactly("Flush", "StartTimer");
      List<Effect> releasing = life.flushed(operation(flushing));
      assertThat(names(releasing)).containsExactly("EndEpoch", "Release", "StartTimer");
      assertThat(releasing).contains(new Effect.EndEpoch(false, "rebalanced"));
      assertThat(withoutCancelling(life.released(operation(releasing))))
          .containsExactly(new Effect.Stop());
      assertThat(life.state()).isEqualTo(State.STOPPED);
    }

    @Test
    void eachStepEndsAtItsDeadlineWithoutAnAnswer() {
      running();
      life.stopRequested("rebalanced");

      assertThat(names(life.timerFired(Timer.DRAIN_DEADLINE)))
          .containsExactly("Flush", "StartTimer");
      assertThat(names(life.timerFired(Timer.FLUSH_DEADLINE)))
          .containsExactly("EndEpoch", "Release", "StartTimer");
      assertThat(names(life.timerFired(Timer.RELEASE_DEADLINE))).containsExactly("Stop");
    }

    @Test
    void aSecondRequestToStopChangesNothing() {
      claiming();
      life.stopRequested("rebalanced");

      assertThat(life.stopRequested("rebalanced")).isEmpty();
    }

    @Test
    void aPartitionWithoutClaimStopsAtOnce() {
      looking();

      assertThat(names(life.stopRequested("rebalanced"))).containsExactly("Stop");
    }

    @Test
    void aClaimUnderWayIsReleasedWhenItsAnswerComes() {
      long claim = claiming();
      assertThat(life.stopRequested("rebalanced")).contains(timer(Timer.RELEASE_DEADLINE, 0));

      assertThat(names(life.claimed(claim))).containsExactly("Release", "StartTimer");
    }

    @Test
    void aClaimUnderWayThatIsRefusedOrFailsNeedsNoRelease() {
      long refused = claiming();
      life.streamWithdrawn("shared");
      assertThat(names(life.claimRefused(refused))).containsExactly("Parked");

      long failed = claiming();
      life.stopRequested("rebalanced");
      assertThat(names(life.claimFailed(failed, error, true))).containsExactly("Stop");
    }

    @Test
    void aClaimWhoseAnswerDoesNotComeIsNotWaitedForBeyondTheDeadline() {
      long claim = claiming();
      life.stopRequested("rebalanced");

      assertThat(names(life.timerFired(Timer.RELEASE_DEADLINE))).containsExactly("Stop");
      assertThat(life.claimed(claim)).isEmpty();
    }

    @Test
    void aClaimIsReleasedWhileItIsBeingFenced() {
      fencing();

      assertThat(names(life.streamWithdrawn("shared"))).containsExactly("Release", "StartTimer");
    }

    @Test
    void aLossWhileDrainingEndsTheEpochAndTheOwner() {
      flushing();

      assertThat(withoutCancelling(life.claimGone("claimed by b")))
          .containsExactly(new Effect.EndEpoch(true, "claimed by b"), new Effect.Stop());
    }

    @Test
    void aWithdrawnStreamIsDrainedAndThePartitionParked() {
      running();
      life.streamWithdrawn("shared");
      long release = operation(life.flushed(operation(life.drained())));

      assertThat(names(life.released(release))).containsExactly("Parked");
      assertThat(life.state()).isEqualTo(State.PARKED);
    }

    @Test
    void aStreamOfferedDuringTheReleaseIsServedAfterIt() {
      running();
      life.streamWithdrawn("stopped");
      long release = operation(life.flushed(operation(life.drained())));
      life.streamOffered();

      assertThat(names(life.released(release))).containsExactly("Parked", "LookUp");
    }

    @Test
    void aLossHoldsTheNextStreamBackToo() {
      running();
      life.streamWithdrawn("shared");
      life.streamOffered();

      assertThat(withoutCancelling(life.claimGone("claimed by b")))
          .containsExactly(
              new Effect.EndEpoch(true, "claimed by b"), new Effect.Parked(), timer(Timer.HOLD, 0));
    }

    @Test
    void withdrawingWhereNothingIsServedChangesNothing() {
      assertThat(life.streamWithdrawn("shared")).isEmpty();
      assertThat(life.state()).isEqualTo(State.PARKED);
    }

    @Test
    void nothingHappensAfterTheEnd() {
      life.stopRequested("rebalanced");

      assertThat(life.streamOffered()).isEmpty();
      assertThat(life.streamWithdrawn("shared")).isEmpty();
      for (Timer timer : Timer.values()) {
        assertThat(life.timerFired(timer)).isEmpty();
      }
    }
  }

  /** The claim is kept throughout: no release, no look-up, no claim. */
  @Nested
  class ChangingStreams {

    @Test
    void aReplacedStreamIsDrainedAndFlushedBeforeTheNextOneIsServed() {
      running();

      assertThat(names(life.streamReplaced("shared"))).containsExactly("BeginDrain", "StartTimer");
      long flush = operation(life.drained());
      assertThat(names(life.flushed(flush))).containsExactly("EndEpoch", "NextStream", "Fence");
      assertThat(life.state()).isEqualTo(State.FENCING);
    }

    @Test
    void theAgedClaimIsRenewedAtOnceForTheNextStream() {
      running();
      life.streamReplaced("shared");
      long fence = operation(life.flushed(operation(life.drained())));

      assertThat(names(life.fenced(fence))).containsExactly("BeginEpoch", "Renew", "Attach");
      assertThat(life.state()).isEqualTo(State.RUNNING);
    }

    @Test
    void theDeadlinesOfAHandOverHoldForAChangeToo() {
      running();
      life.streamReplaced("shared");
      assertThat(names(life.timerFired(Timer.DRAIN_DEADLINE)))
          .containsExactly("Flush", "StartTimer");

      assertThat(names(life.timerFired(Timer.FLUSH_DEADLINE)))
          .containsExactly("EndEpoch", "NextStream", "Fence");
    }

    @Test
    void whereNothingRunsYetTheNextStreamJustTakesTheOthersPlace() {
      long lookUp = looking();
      assertThat(names(life.streamReplaced("shared"))).containsExactly("NextStream");

      long claim = operation(life.mayClaim(lookUp));
      assertThat(names(life.streamReplaced("shared"))).containsExactly("NextStream");
      assertThat(names(life.claimed(claim))).containsExactly("Fence");
      assertThat(names(life.streamReplaced("shared"))).containsExactly("NextStream", "Fence");
    }

    @Test
    void aHoldAfterALossHoldsForTheNextStreamToo() {
      running();
      life.claimGone("claimed by b");

      assertThat(names(life.streamReplaced("shared"))).containsExactly("NextStream");
      assertThat(life.state()).isEqualTo(State.HOLDING);
    }

    @Test
    void aParkedPartitionIsTakenLikeAnyOther() {
      assertThat(names(life.streamReplaced("shared"))).containsExactly("LookUp");
    }

    @Test
    void theClaimIsReleasedIfTheNextStreamDoesNotWantThePartitionAnyMore() {
      running();
      life.streamReplaced("shared");
      life.nextStreamWithdrawn();

      assertThat(names(life.flushed(operation(life.drained()))))
          .containsExactly("EndEpoch", "Release", "StartTimer");
    }

    @Test
    void theClaimIsReleasedIfThePartitionMovesToAnotherNodeMeanwhile() {
      running();
      life.streamReplaced("shared");
      life.stopRequested("rebalanced");

      assertThat(names(life.flushed(operation(life.drained()))))
          .containsExactly("EndEpoch", "Release", "StartTimer");
    }

    @Test
    void theEndOfAReplacedStreamDoesNotCallTheNextOneOff() {
      running();
      life.streamReplaced("shared");
      assertThat(life.streamWithdrawn("stopped")).isEmpty();

      assertThat(names(life.flushed(operation(life.drained()))))
          .containsExactly("EndEpoch", "NextStream", "Fence");
    }

    @Test
    void aClaimMadeForAStreamThatHasGoneIsKeptForTheOneThatWaits() {
      long claim = claiming();
      life.streamWithdrawn("stopped");
      life.streamOffered();

      assertThat(names(life.claimed(claim))).containsExactly("NextStream", "Fence");
    }

    @Test
    void aLossWhileAReplacedStreamIsDrainedHoldsTheNextOneBack() {
      running();
      life.streamReplaced("shared");

      assertThat(withoutCancelling(life.claimGone("claimed by b")))
          .containsExactly(
              new Effect.EndEpoch(true, "claimed by b"), new Effect.Parked(), timer(Timer.HOLD, 0));
    }
  }

  @Nested
  class BeginningAnew {

    private List<Effect> abandonedAndFlushed() {
      running();
      return abandonedAgain(true);
    }

    private List<Effect> abandonedAgain(boolean progressed) {
      life.abandoned("cancelled");
      long flush = operation(life.drained());
      if (progressed) {
        life.progressed();
      }
      return life.flushed(flush);
    }

    private void runsAgain() {
      life.fenced(operation(life.timerFired(Timer.FENCE_RETRY)));
    }

    @Test
    void anAbandonedPartitionIsFlushedAndFencedAgainUnderTheSameClaim() {
      assertThat(names(abandonedAndFlushed())).containsExactly("EndEpoch", "Fence");
    }

    @Test
    void oneThatGotNothingDoneIsFencedAgainAfterDelaysThatGrowUntilItDoes() {
      running();

      assertThat(abandonedAgain(false)).last().isEqualTo(timer(Timer.FENCE_RETRY, 0));
      runsAgain();
      assertThat(abandonedAgain(false)).last().isEqualTo(timer(Timer.FENCE_RETRY, 1));
      runsAgain();
      List<Effect> progressed = abandonedAgain(true);
      assertThat(names(progressed)).containsExactly("EndEpoch", "Fence");
      life.fenced(operation(progressed));
      assertThat(abandonedAgain(false)).last().isEqualTo(timer(Timer.FENCE_RETRY, 0));
    }

    @Test
    void aFlushThatRunsOutOfTimeMakesNoDifferenceToThat() {
      running();
      life.abandoned("cancelled");
      life.drained();

      assertThat(life.timerFired(Timer.FLUSH_DEADLINE))
          .last()
          .isEqualTo(timer(Timer.FENCE_RETRY, 0));
    }

    @Test
    void aPartitionThatWaitsToBeginAnewIsReleasedWhenItsStreamStops() {
      running();
      abandonedAgain(false);

      List<Effect> effects = life.streamWithdrawn("stopped");

      assertThat(names(effects)).contains("Release");
      assertThat(life.timerFired(Timer.FENCE_RETRY)).isEmpty();
    }

    @Test
    void theClaimIsRenewedAtOnceSinceItHasAged() {
      List<Effect> effects = life.fenced(operation(abandonedAndFlushed()));

      assertThat(names(effects)).containsExactly("BeginEpoch", "Renew", "Attach");
    }

    @Test
    void aPartitionWhoseStreamIsWithdrawnMeanwhileIsReleased() {
      running();
      life.abandoned("cancelled");
      life.streamWithdrawn("stopped");

      assertThat(names(life.flushed(operation(life.drained()))))
          .containsExactly("EndEpoch", "Release", "StartTimer");
    }

    @Test
    void abandoningWhileDrainingChangesNothing() {
      running();
      life.stopRequested("rebalanced");

      assertThat(life.abandoned("cancelled")).isEmpty();
    }
  }

  @Nested
  class WithoutClaims {

    @Test
    void thePartitionIsReadWithoutClaimVerificationRenewalAndRelease() {
      life = new PartitionLife(false);

      List<Effect> fence = life.streamOffered();
      assertThat(names(fence)).containsExactly("Fence");
      List<Effect> run = life.fenced(operation(fence));
      assertThat(names(run)).containsExactly("BeginEpoch", "Attach");
      lostLink(operation(run));
      assertThat(names(life.timerFired(Timer.ATTACH))).containsExactly("Attach");
      life.stopRequested("stopped");
      assertThat(names(life.flushed(operation(life.drained()))))
          .containsExactly("EndEpoch", "Stop");
    }
  }
}
