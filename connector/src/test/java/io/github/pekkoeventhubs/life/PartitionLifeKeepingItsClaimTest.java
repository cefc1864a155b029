// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A claim is renewed from the answer to it until its release, whatever the partition does. */
class PartitionLifeKeepingItsClaimTest extends PartitionLifeFixture {

  private void assertThatTheClaimIsRenewed() {
    assertThat(life.holdsClaim()).isTrue();
    List<Effect> renewal = life.timerFired(Timer.RENEWAL);
    assertThat(names(renewal)).containsExactly("Renew");
    assertThat(life.renewed(operation(renewal))).containsExactly(timer(Timer.RENEWAL, 0));
  }

  @Test
  void renewalsBeginWithTheAnswerToTheClaim() {
    assertThat(withoutCancelling(life.claimed(claiming()))).contains(timer(Timer.RENEWAL, 0));
  }

  @Test
  void theClaimIsRenewedWhileFencingIsTriedAgain() {
    life.fenceFailed(fencing(), error, true);
    assertThat(life.state()).isEqualTo(State.FENCING);

    assertThatTheClaimIsRenewed();

    assertThat(names(life.timerFired(Timer.FENCE_RETRY))).containsExactly("Fence");
  }

  @Test
  void theClaimIsRenewedInEachStepOfAHandOver() {
    running();
    life.stopRequested("rebalanced");
    assertThat(life.state()).isEqualTo(State.DRAINING);
    assertThatTheClaimIsRenewed();

    List<Effect> told = life.emissionStopped();
    assertThat(life.state()).isEqualTo(State.USER_FINISHING);
    assertThatTheClaimIsRenewed();

    life.userFinished(((Effect.LetUserFinish) told.get(0)).operation());
    assertThat(life.state()).isEqualTo(State.ACKNOWLEDGING);
    assertThatTheClaimIsRenewed();

    life.drained();
    assertThat(life.state()).isEqualTo(State.FLUSHING);
    assertThatTheClaimIsRenewed();
  }

  @Test
  void anAnswerToARenewalFromBeforeTheHandOverStillCounts() {
    long renewal = renewing();
    life.stopRequested("rebalanced");

    assertThat(life.renewed(renewal)).containsExactly(timer(Timer.RENEWAL, 0));
  }

  @Test
  void nothingIsRenewedFromTheReleaseOn() {
    long renewal = renewing();
    life.stopRequested("rebalanced");
    List<Effect> release = life.flushed(operation(life.drained()));
    assertThat(life.state()).isEqualTo(State.RELEASING);

    assertThat(release).contains(new Effect.CancelTimer(Timer.RENEWAL));
    assertThat(life.holdsClaim()).isFalse();
    assertThat(life.renewed(renewal)).isEmpty();
    assertThat(life.timerFired(Timer.RENEWAL)).isEmpty();
    assertThat(life.timerFired(Timer.RENEWAL_RETRY)).isEmpty();
  }

  @Test
  void aClaimFoundGoneWhileFencingIsHeldBackWithoutAnEpoch() {
    life.fenceFailed(fencing(), error, true);
    long renewal = operation(life.timerFired(Timer.RENEWAL));

    assertThat(withoutCancelling(life.renewalLost(renewal, Loss.claimedBy("b"))))
        .containsExactly(timer(Timer.HOLD, 0));
    assertThat(life.state()).isEqualTo(State.HOLDING);
  }

  @Test
  void aClaimThatExpiresWhileFencingIsLostWithoutAnEpoch() {
    life.fenceFailed(fencing(), error, true);

    assertThat(withoutCancelling(life.claimGone(Loss.EXPIRED)))
        .containsExactly(new Effect.GiveBack(), timer(Timer.HOLD, 0));
  }

  @Test
  void aClaimThatExpiresIsGivenBackAfterTheEndOfItsEpoch() {
    running();

    assertThat(withoutCancelling(life.claimGone(Loss.EXPIRED)))
        .containsExactly(
            Effect.EndEpoch.lost(Loss.EXPIRED), new Effect.GiveBack(), timer(Timer.HOLD, 0));
  }

  @Test
  void aClaimThatExpiresWhileDrainingIsGivenBackBeforeThePartitionIsParked() {
    running();
    life.streamWithdrawn("stopped");

    assertThat(withoutCancelling(life.claimGone(Loss.EXPIRED)))
        .containsExactly(
            Effect.EndEpoch.lost(Loss.EXPIRED), new Effect.GiveBack(), new Effect.Parked());
  }

  @ParameterizedTest
  @MethodSource("lossesToOthers")
  void nothingIsGivenBackThatIsKnownToBeGone(Loss loss) {
    running();

    assertThat(names(life.claimGone(loss))).contains("EndEpoch").doesNotContain("GiveBack");
  }

  private static Stream<Loss> lossesToOthers() {
    return Stream.of(Loss.claimedBy("b"), Loss.REMOVED);
  }

  @Test
  void aClaimFoundGoneWhileDrainingEndsTheEpoch() {
    running();
    life.streamWithdrawn("stopped");
    long renewal = operation(life.timerFired(Timer.RENEWAL));

    assertThat(withoutCancelling(life.renewalLost(renewal, Loss.claimedBy("b"))))
        .containsExactly(Effect.EndEpoch.lost(Loss.claimedBy("b")), new Effect.Parked());
  }

  @Test
  void aClaimDoubtedWhileDrainingIsRenewedAtOnce() {
    running();
    life.stopRequested("rebalanced");

    assertThat(names(withoutCancelling(life.claimDoubted()))).containsExactly("Renew");
  }

  @Test
  void theNextStreamFindsTheClaimBeingRenewed() {
    running();
    life.streamReplaced("shared");
    life.flushed(operation(life.drained()));
    assertThat(life.state()).isEqualTo(State.FENCING);

    assertThatTheClaimIsRenewed();
  }
}
