// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.LongRange;

class BackoffTest {

  private static Backoff backoff(Duration minimum, Duration maximum, double random) {
    return new Backoff(minimum, maximum, () -> random);
  }

  @Example
  void delaysDoubleUpToTheMaximum() {
    Backoff backoff = backoff(Duration.ofMillis(200), Duration.ofSeconds(1), 0);

    assertThat(backoff.delay(0)).isEqualTo(Duration.ofMillis(200));
    assertThat(backoff.delay(1)).isEqualTo(Duration.ofMillis(400));
    assertThat(backoff.delay(2)).isEqualTo(Duration.ofMillis(800));
    assertThat(backoff.delay(3)).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.delay(Integer.MAX_VALUE)).isEqualTo(Duration.ofSeconds(1));
  }

  @Example
  void chanceShortensADelayByUpToAQuarter() {
    assertThat(backoff(Duration.ofSeconds(1), Duration.ofSeconds(9), 1).delay(0))
        .isEqualTo(Duration.ofMillis(750));
    assertThat(backoff(Duration.ofSeconds(1), Duration.ofSeconds(9), 0.5).delay(0))
        .isEqualTo(Duration.ofMillis(875));
  }

  @Example
  void aMinimumBelowAMillisecondGrowsToo() {
    assertThat(backoff(Duration.ofNanos(1), Duration.ofSeconds(1), 0).delay(20))
        .isEqualTo(Duration.ofSeconds(1));
  }

  @Property
  void everyDelayLiesBetweenTheBoundsAndNoneIsShorterThanTheOneBefore(
      @ForAll @LongRange(min = 1, max = 86_400_000) long minimum,
      @ForAll @LongRange(max = 86_400_000) long more,
      @ForAll @DoubleRange(max = 1) double random,
      @ForAll int attempt) {
    Backoff backoff =
        backoff(Duration.ofMillis(minimum), Duration.ofMillis(minimum + more), random);

    long delay = backoff.delay(attempt).toMillis();

    assertThat(delay).isBetween(minimum * 3 / 4, minimum + more);
    if (attempt < Integer.MAX_VALUE) {
      assertThat(backoff.delay(attempt + 1).toMillis()).isGreaterThanOrEqualTo(delay);
    }
  }
}
