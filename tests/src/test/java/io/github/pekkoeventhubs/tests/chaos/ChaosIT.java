// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.CredentialKind;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.DisturbanceKind;
import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.MemberFaultKind;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * {@code ./mvnw -Pchaos verify -Dchaos.runs=10 -Dchaos.seed=42}; not part of the default build.
 * Without the numbers it is the short form, whose seeds have every kind of fault.
 */
@Tag("chaos")
class ChaosIT {

  @Test
  void noRunLosesAnEventOrLetsAnEarlierOwnerCommit() {
    long seed = Long.getLong("chaos.seed", ChaosPlan.SHORT_FORM_SEED);
    int runs = Integer.getInteger("chaos.runs", ChaosPlan.SHORT_FORM_RUNS);
    ChaosResult result = new ChaosHarness(seed, runs).execute();
    assertThat(result.runs()).isPositive();
    assertThat(result.violations()).isEmpty();
    if (seed == ChaosPlan.SHORT_FORM_SEED && runs >= ChaosPlan.SHORT_FORM_RUNS) {
      assertThat(result.kindsHit()).containsAll(names(MemberFaultKind.values()));
      assertThat(result.kindsHit()).containsAll(names(DisturbanceKind.values()));
      assertThat(result.kindsHit()).contains(CredentialKind.SLOW_TOKENS.name());
    }
  }

  private static List<String> names(Enum<?>[] kinds) {
    return Arrays.stream(kinds).map(Enum::name).toList();
  }
}
