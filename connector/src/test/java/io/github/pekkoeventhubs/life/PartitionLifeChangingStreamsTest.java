// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import org.junit.jupiter.api.Test;

/** One stream takes another's place under the same claim: no release, no look-up, no claim. */
class PartitionLifeChangingStreamsTest extends PartitionLifeFixture {

  @Test
  void aReplacedStreamIsDrainedAndFlushedBeforeTheNextOneIsServed() {
    running();

    assertThat(names(life.streamReplaced("shared"))).containsExactly("BeginDrain", "StartTimer");
    long flush = operation(life.drained());
    assertThat(names(life.flushed(flush))).containsExactly("EndEpoch", "NextStream", "Fence");
    assertThat(life.state()).isEqualTo(State.FENCING);
  }

  @Test
  void theDeadlinesOfAHandOverHoldForAChangeToo() {
    running();
    life.streamReplaced("shared");
    assertThat(names(life.timerFired(Timer.DRAIN_DEADLINE))).containsExactly("Flush", "StartTimer");

    assertThat(names(life.timerFired(Timer.FLUSH_DEADLINE)))
        .containsExactly("EndEpoch", "NextStream", "Fence");
  }

  @Test
  void whereNothingRunsYetTheNextStreamJustTakesTheOthersPlace() {
    long lookUp = looking();
    assertThat(names(life.streamReplaced("shared"))).containsExactly("NextStream");

    long claim = operation(life.mayClaim(lookUp));
    assertThat(names(life.streamReplaced("shared"))).containsExactly("NextStream");
    assertThat(names(life.claimed(claim))).containsExactly("StartTimer", "Fence");
    assertThat(names(life.streamReplaced("shared"))).containsExactly("NextStream", "Fence");
  }

  @Test
  void aHoldAfterALossHoldsForTheNextStreamToo() {
    running();
    life.claimGone(Loss.claimedBy("b"));

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

    assertThat(names(life.claimed(claim))).containsExactly("StartTimer", "NextStream", "Fence");
  }

  @Test
  void aLossWhileAReplacedStreamIsDrainedHoldsTheNextOneBack() {
    running();
    life.streamReplaced("shared");

    assertThat(withoutCancelling(life.claimGone(Loss.claimedBy("b"))))
        .containsExactly(
            Effect.EndEpoch.lost(Loss.claimedBy("b")), new Effect.Parked(), timer(Timer.HOLD, 0));
  }
}
