// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import io.github.pekkoeventhubs.life.LinkLife.Link;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A partition without an owner is claimed, fenced and begun, or is waited for. */
class PartitionLifeClaimingTest extends PartitionLifeFixture {

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
    assertThat(names(life.claimed(claiming()))).containsExactly("StartTimer", "Fence");
    assertThat(life.state()).isEqualTo(State.FENCING);
  }

  @Test
  void theFenceIsFollowedByTheEpochAndTheReceiver() {
    List<Effect> effects = life.fenced(fencing());

    assertThat(names(effects)).containsExactly("BeginEpoch", "Attach");
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
    assertThat(names(life.claimFailed(claim, error, true))).containsExactly("Report", "StartTimer");
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
  void aFenceThatCannotSucceedFailsTheStreamAndReleases() {
    assertThat(names(life.fenceFailed(fencing(), error, false)))
        .containsExactly("FailStream", "Release", "StartTimer");
    assertThat(life.state()).isEqualTo(State.RELEASING);
  }

  @Test
  void aClaimLostBeforeTheEpochIsHeldBackWithoutAnEndOfAnEpoch() {
    assertThat(withoutCancelling(life.fenceLost(fencing(), Loss.claimedBy("b"))))
        .containsExactly(timer(Timer.HOLD, 0));
    assertThat(life.state()).isEqualTo(State.HOLDING);
  }
}
