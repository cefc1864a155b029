// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** {@code ./mvnw -Pchaos verify -Dchaos.runs=10 -Dchaos.seed=42}; not part of the default build. */
@Tag("chaos")
class ChaosIT {

  @Test
  void noRunLosesAnEventOrLetsAnEarlierOwnerCommit() {
    ChaosHarness harness =
        new ChaosHarness(Long.getLong("chaos.seed", 1), Integer.getInteger("chaos.runs", 1));
    ChaosResult result = harness.execute();
    assertThat(result.runs()).isPositive();
    assertThat(result.violations()).isEmpty();
  }
}
