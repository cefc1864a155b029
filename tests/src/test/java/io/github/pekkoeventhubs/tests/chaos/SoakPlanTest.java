// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.tests.chaos.ChaosPlan.DisturbanceKind;
import io.github.pekkoeventhubs.tests.chaos.SoakFault.LastingKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SoakPlanTest {

  private static final Duration HOUR = Duration.ofHours(1);

  @Test
  void aSeedAlwaysGivesTheSameFaults() {
    assertThat(SoakPlan.of(42, HOUR))
        .isEqualTo(SoakPlan.of(42, HOUR))
        .isNotEqualTo(SoakPlan.of(43, HOUR));
  }

  @Test
  void thereIsAFaultEveryTenSeconds() {
    assertThat(SoakPlan.of(1, HOUR).faults()).hasSize(360);
    assertThat(SoakPlan.of(1, Duration.ofMinutes(2)).faults()).hasSize(12);
  }

  @Test
  void sevenMinutesHaveEveryKindThatALivingNodeCanSuffer() {
    Set<String> kinds =
        SoakPlan.of(1, Duration.ofMinutes(7)).faults().stream()
            .map(SoakFault::kindName)
            .collect(Collectors.toSet());

    assertThat(kinds)
        .contains("GUEST")
        .containsAll(
            Stream.concat(
                    Arrays.stream(DisturbanceKind.values())
                        .filter(kind -> kind != DisturbanceKind.BLOB_CONFLICT),
                    Arrays.stream(LastingKind.values()))
                .map(Enum::name)
                .toList());
  }

  @Test
  void theGuestComesAndGoesInTheShortForm() {
    assertThat(
            SoakPlan.of(SoakPlan.SHORT_FORM_SEED, Duration.ofMinutes(SoakPlan.SHORT_FORM_MINUTES))
                .faults())
        .filteredOn(fault -> fault.kindName().equals("GUEST"))
        .hasSize(3);
  }
}
