// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

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
    ChaosHarness harness =
        new ChaosHarness(
            Long.getLong("chaos.seed", ChaosPlan.SHORT_FORM_SEED),
            Integer.getInteger("chaos.runs", ChaosPlan.SHORT_FORM_RUNS));
    ChaosResult result = harness.execute();
    assertThat(result.runs()).isPositive();
    assertThat(result.violations()).isEmpty();
  }
}
