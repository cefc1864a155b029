// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A partition that its stream has abandoned begins anew under the same claim. */
class PartitionLifeBeginningAnewTest extends PartitionLifeFixture {

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

    assertThat(life.timerFired(Timer.FLUSH_DEADLINE)).last().isEqualTo(timer(Timer.FENCE_RETRY, 0));
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
  void theClaimIsRenewedMeanwhile() {
    long fence = operation(abandonedAndFlushed());

    assertThat(names(life.timerFired(Timer.RENEWAL))).containsExactly("Renew");
    assertThat(names(life.fenced(fence))).containsExactly("BeginEpoch", "Attach");
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
