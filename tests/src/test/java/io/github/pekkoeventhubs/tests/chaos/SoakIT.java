// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.tests.chaos.SoakFault.GuestKind;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * {@code ./mvnw -Psoak verify -pl tests -am -Dsoak.minutes=60 -Dsoak.seed=7}; not part of the
 * default build. Without the numbers it is the short form.
 */
@Tag("soak")
@EnabledOnOs(OS.LINUX)
class SoakIT {

  @Test
  void aFaultEveryTenSecondsLeavesNothingBehindAndStopsNothing() {
    SoakResult result =
        new SoakHarness(
                Long.getLong("soak.seed", SoakPlan.SHORT_FORM_SEED),
                Duration.ofMinutes(Integer.getInteger("soak.minutes", SoakPlan.SHORT_FORM_MINUTES)))
            .execute();

    assertThat(result.violations()).isEmpty();
    assertThat(result.kindsHit())
        .contains(GuestKind.GUEST_JOINS.name(), GuestKind.GUEST_LEAVES.name())
        .hasSizeGreaterThan(5);
    assertThat(result.verdict().max(HeldResource.SERIES)).isPositive();
    assertThat(result.processed()).isPositive();
  }
}
