// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.life;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.life.Effect.Timer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A partition that nobody claims is read without claim, renewal and release. */
class PartitionLifeWithoutClaimsTest extends PartitionLifeFixture {

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
    assertThat(names(life.flushed(operation(life.drained())))).containsExactly("EndEpoch", "Stop");
  }
}
