// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.CredentialKind;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.Disturbance;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.DisturbanceKind;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.MemberFault;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.MemberFaultKind;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.StreamKind;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ChaosPlanTest {

  @Test
  void aSeedAlwaysGivesTheSamePlan() {
    assertThat(ChaosPlan.of(42)).isEqualTo(ChaosPlan.of(42)).isNotEqualTo(ChaosPlan.of(43));
  }

  @Test
  void theShortFormHasEveryKindOfFault() {
    List<ChaosPlan> plans =
        LongStream.range(0, ChaosPlan.SHORT_FORM_RUNS)
            .mapToObj(run -> ChaosPlan.of(ChaosPlan.SHORT_FORM_SEED + run))
            .toList();
    assertThat(plans.stream().flatMap(plan -> plan.memberFaults().stream()).map(MemberFault::kind))
        .contains(MemberFaultKind.values());
    assertThat(plans.stream().flatMap(plan -> plan.disturbances().stream()).map(Disturbance::kind))
        .contains(DisturbanceKind.values());
    assertThat(plans.stream().map(ChaosPlan::stream)).contains(StreamKind.values());
    assertThat(plans.stream().map(ChaosPlan::credential)).contains(CredentialKind.values());
  }

  @Test
  void plansHaveTwoToFiveNodesWithAndWithoutADowningProvider() {
    List<ChaosPlan> plans = LongStream.range(0, 100).mapToObj(ChaosPlan::of).toList();
    assertThat(plans.stream().map(ChaosPlan::nodes).distinct()).containsOnly(2, 3, 4, 5);
    assertThat(plans.stream().map(ChaosPlan::downing).distinct()).containsOnly(true, false);
    assertThat(plans)
        .allSatisfy(
            plan ->
                assertThat(plan.memberFaults())
                    .allMatch(fault -> fault.kind().isPossible(plan.downing())));
  }
}
