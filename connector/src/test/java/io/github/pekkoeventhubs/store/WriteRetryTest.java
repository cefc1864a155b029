// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class WriteRetryTest {

  private static final WriteRetry RETRY = WriteRetry.during(Duration.ofSeconds(105));

  @Test
  void delaysDoubleUpToTheMaximum() {
    assertThat(RETRY.delay(1, 1, Optional.empty())).isEqualTo(Duration.ofMillis(100));
    assertThat(RETRY.delay(2, 1, Optional.empty())).isEqualTo(Duration.ofMillis(200));
    assertThat(RETRY.delay(6, 1, Optional.empty())).isEqualTo(Duration.ofMillis(3200));
    assertThat(RETRY.delay(7, 1, Optional.empty())).isEqualTo(Duration.ofSeconds(5));
  }

  @Property
  void atMostHalfOfADelayIsTakenOff(
      @ForAll @IntRange(min = 1, max = 10_000) int failures,
      @ForAll @DoubleRange(min = 0, max = 1) double random) {
    Duration whole = RETRY.delay(failures, 1, Optional.empty());

    assertThat(RETRY.delay(failures, random, Optional.empty()))
        .isBetween(whole.dividedBy(2), whole)
        .isPositive();
  }

  @Test
  void durationsThatDoNotFitAreRefused() {
    Duration second = Duration.ofSeconds(1);
    assertThatThrownBy(() -> new WriteRetry(Duration.ZERO, second, second))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WriteRetry(second, Duration.ofMillis(1), second))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new WriteRetry(second, second, second.negated()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
