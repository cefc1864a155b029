// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A partition is given up step by step, and no step outlasts its deadline. */
class PartitionLifeHandingOverTest extends PartitionLifeFixture {

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
    assertThat(releasing).contains(Effect.EndEpoch.handedOver("rebalanced"));
    assertThat(withoutCancelling(life.released(operation(releasing))))
        .containsExactly(new Effect.Stop());
    assertThat(life.state()).isEqualTo(State.STOPPED);
  }

  @Test
  void eachStepEndsAtItsDeadlineWithoutAnAnswer() {
    running();
    life.stopRequested("rebalanced");

    assertThat(names(life.timerFired(Timer.DRAIN_DEADLINE))).containsExactly("Flush", "StartTimer");
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

    assertThat(names(life.claimed(claim))).containsExactly("StartTimer", "Release", "StartTimer");
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

    assertThat(withoutCancelling(life.claimGone(Loss.claimedBy("b"))))
        .containsExactly(Effect.EndEpoch.lost(Loss.claimedBy("b")), new Effect.Stop());
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

    assertThat(withoutCancelling(life.claimGone(Loss.claimedBy("b"))))
        .containsExactly(
            Effect.EndEpoch.lost(Loss.claimedBy("b")), new Effect.Parked(), timer(Timer.HOLD, 0));
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
