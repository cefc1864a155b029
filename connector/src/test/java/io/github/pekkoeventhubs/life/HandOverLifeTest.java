// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import io.github.pekkoeventhubs.life.LifeCourse.State;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The steps of a hand-over between the last event that is emitted and the last checkpoint. */
class HandOverLifeTest {

  private final PartitionLife life = new PartitionLife(false);

  private void running() {
    List<Effect> fence = life.streamOffered();
    life.fenced(((Effect.Fence) fence.get(0)).operation());
  }

  private void draining() {
    running();
    life.stopRequested("rebalanced");
  }

  private static List<Effect> withoutCancelling(List<Effect> effects) {
    return effects.stream().filter(effect -> !(effect instanceof Effect.CancelTimer)).toList();
  }

  private static <E extends Effect> E only(Class<E> type, List<Effect> effects) {
    assertThat(effects).hasExactlyElementsOfTypes(type);
    return type.cast(effects.get(0));
  }

  private static long flush(List<Effect> effects) {
    return ((Effect.Flush) withoutCancelling(effects).get(0)).operation();
  }

  @Test
  void theUserIsToldWhenTheLastEventIsEmittedAndFinishesBeforeAnythingIsFlushed() {
    draining();
    assertThat(life.state()).isEqualTo(State.DRAINING);

    Effect.LetUserFinish told = only(Effect.LetUserFinish.class, life.emissionStopped());
    assertThat(life.state()).isEqualTo(State.USER_FINISHING);
    assertThat(life.drained()).as("everything is acknowledged, and the user is not done").isEmpty();

    assertThat(withoutCancelling(life.userFinished(told.operation())))
        .hasExactlyElementsOfTypes(Effect.Flush.class, Effect.StartTimer.class);
    assertThat(life.state()).isEqualTo(State.FLUSHING);
  }

  @Test
  void acknowledgementsAreWaitedForAfterTheUserHasFinished() {
    draining();
    Effect.LetUserFinish told = only(Effect.LetUserFinish.class, life.emissionStopped());

    assertThat(life.userFinished(told.operation())).isEmpty();
    assertThat(life.state()).isEqualTo(State.ACKNOWLEDGING);
    assertThat(withoutCancelling(life.drained()))
        .hasExactlyElementsOfTypes(Effect.Flush.class, Effect.StartTimer.class);
  }

  @Test
  void anAnswerOfAnEarlierUserChangesNothing() {
    draining();
    Effect.LetUserFinish told = only(Effect.LetUserFinish.class, life.emissionStopped());

    assertThat(life.userFinished(told.operation() - 1)).isEmpty();
    assertThat(life.state()).isEqualTo(State.USER_FINISHING);
  }

  @Test
  void theDeadlineOfTheDrainHoldsForEachOfItsSteps() {
    draining();
    life.emissionStopped();

    assertThat(withoutCancelling(life.timerFired(Timer.DRAIN_DEADLINE)))
        .hasExactlyElementsOfTypes(Effect.Flush.class, Effect.StartTimer.class);
    assertThat(life.missedDeadlines()).containsExactly(Timer.DRAIN_DEADLINE);
    assertThat(life.userWasCutOff()).isTrue();
  }

  @Test
  void aDrainThatIsCutShortAfterTheUserWasDoneIsNotTheUsersFault() {
    draining();
    Effect.LetUserFinish told = only(Effect.LetUserFinish.class, life.emissionStopped());
    life.userFinished(told.operation());

    life.timerFired(Timer.DRAIN_DEADLINE);

    assertThat(life.userWasCutOff()).isFalse();
  }

  @Test
  void aUserWhoseLastEventIsEmittedAfterTheDeadlineIsToldAndNotWaitedFor() {
    draining();
    long flush = flush(life.timerFired(Timer.DRAIN_DEADLINE));

    only(Effect.LetUserFinish.class, life.emissionStopped());
    assertThat(life.state()).isEqualTo(State.FLUSHING);
    assertThat(life.flushed(flush))
        .filteredOn(effect -> effect instanceof Effect.LetUserFinish)
        .as("told once")
        .isEmpty();
  }

  @Test
  void thePartitionThatBeginsAnewForTheSameStreamIsNotRevoked() {
    running();
    life.progressed();
    life.abandoned("cancelled");

    assertThat(life.emissionStopped()).isEmpty();
    assertThat(life.state()).isEqualTo(State.ACKNOWLEDGING);
    long flush = flush(life.drained());
    assertThat(withoutCancelling(life.flushed(flush)))
        .hasExactlyElementsOfTypes(Effect.EndEpoch.class, Effect.Fence.class);
  }

  @Test
  void thePartitionThatWasToStayAndDoesNotIsRevokedBeforeItsEpochEnds() {
    running();
    life.abandoned("cancelled");
    life.emissionStopped();
    life.stopRequested("rebalanced");
    long flush = flush(life.drained());

    assertThat(withoutCancelling(life.flushed(flush)))
        .hasExactlyElementsOfTypes(
            Effect.LetUserFinish.class, Effect.EndEpoch.class, Effect.Stop.class);
  }

  @Test
  void aLostPartitionIsNotRevoked() {
    draining();
    life.emissionStopped();

    assertThat(withoutCancelling(life.claimGone(Loss.claimedBy("b"))))
        .containsExactly(Effect.EndEpoch.lost(Loss.claimedBy("b")), new Effect.Stop());
    assertThat(life.emissionStopped()).isEmpty();
  }

  @Test
  void everyDeadlineThatCutsAHandOverOffIsKnownAtItsEnd() {
    PartitionLife claimed = new PartitionLife(true);
    Effect.LookUp lookUp = only(Effect.LookUp.class, claimed.streamOffered());
    Effect.Claim claim = only(Effect.Claim.class, claimed.mayClaim(lookUp.operation()));
    List<Effect> fence = claimed.claimed(claim.operation());
    claimed.fenced(((Effect.Fence) fence.get(1)).operation());
    claimed.stopRequested("rebalanced");

    claimed.timerFired(Timer.DRAIN_DEADLINE);
    claimed.timerFired(Timer.FLUSH_DEADLINE);
    claimed.timerFired(Timer.RELEASE_DEADLINE);

    assertThat(claimed.state()).isEqualTo(State.STOPPED);
    assertThat(claimed.missedDeadlines())
        .containsExactlyInAnyOrder(
            Timer.DRAIN_DEADLINE, Timer.FLUSH_DEADLINE, Timer.RELEASE_DEADLINE);
  }

  @Test
  void theNextHandOverBeginsWithoutMissedDeadlines() {
    running();
    life.abandoned("cancelled");
    long flush = flush(life.timerFired(Timer.DRAIN_DEADLINE));
    life.progressed();
    List<Effect> fence = withoutCancelling(life.flushed(flush));
    life.fenced(((Effect.Fence) fence.get(1)).operation());

    life.stopRequested("rebalanced");

    assertThat(life.missedDeadlines()).isEmpty();
  }
}
