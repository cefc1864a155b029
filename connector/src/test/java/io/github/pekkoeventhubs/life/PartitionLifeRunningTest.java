// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A claimed partition keeps its receiver and its claim going, until one of them is lost. */
class PartitionLifeRunningTest extends PartitionLifeFixture {

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

    assertThat(life.receiverEnded(next, error, false, true, true)).contains(timer(Timer.ATTACH, 0));
  }

  @Test
  void theThirdTheftInARowIsReportedAsAForeignReader() {
    long attachment = running();
    for (int i = 0; i < 2; i++) {
      assertThat(names(life.receiverEnded(attachment, error, true, true, true))).contains("Report");
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
    assertThat(withoutCancelling(life.verifyLost(verifying(), Loss.claimedBy("b"))))
        .containsExactly(Effect.EndEpoch.lost(Loss.claimedBy("b")), timer(Timer.HOLD, 0));
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
    assertThat(withoutCancelling(life.renewalLost(renewing(), Loss.claimedBy("b"))))
        .containsExactly(Effect.EndEpoch.lost(Loss.claimedBy("b")), timer(Timer.HOLD, 0));
    assertThat(life.state()).isEqualTo(State.HOLDING);
  }

  @Test
  void aDoubtedClaimIsRenewedAtOnceAndTheAnswerToAnEarlierRenewalSaysNothing() {
    long earlier = renewing();
    List<Effect> doubted = life.claimDoubted();

    assertThat(names(withoutCancelling(doubted))).containsExactly("Renew");
    assertThat(life.awaits(earlier)).isFalse();
    assertThat(life.renewed(earlier)).isEmpty();
    assertThat(withoutCancelling(life.renewalLost(operation(doubted), Loss.claimedBy("b"))))
        .containsExactly(Effect.EndEpoch.lost(Loss.claimedBy("b")), timer(Timer.HOLD, 0));
  }

  @Test
  void lossesInARowAreHeldBackEverLonger() {
    life.renewalLost(renewing(), Loss.claimedBy("b"));
    long lookUp = operation(life.timerFired(Timer.HOLD));
    life.fenced(operation(life.claimed(operation(life.mayClaim(lookUp)))));

    assertThat(life.claimGone(Loss.EXPIRED)).contains(timer(Timer.HOLD, 1));
  }

  @Test
  void aRenewalThatSucceedsForgetsEarlierLosses() {
    life.renewalLost(renewing(), Loss.claimedBy("b"));
    long lookUp = operation(life.timerFired(Timer.HOLD));
    life.fenced(operation(life.claimed(operation(life.mayClaim(lookUp)))));
    life.renewed(operation(life.timerFired(Timer.RENEWAL)));

    assertThat(life.claimGone(Loss.EXPIRED)).contains(timer(Timer.HOLD, 0));
  }

  @Test
  void aRenewalAnsweredInALaterEpochChangesNothing() {
    long renewal = renewing();
    life.claimGone(Loss.claimedBy("b"));
    long lookUp = operation(life.timerFired(Timer.HOLD));
    life.fenced(operation(life.claimed(operation(life.mayClaim(lookUp)))));

    assertThat(life.renewalLost(renewal, Loss.claimedBy("b"))).isEmpty();
    assertThat(life.state()).isEqualTo(State.RUNNING);
  }
}
