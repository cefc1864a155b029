// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class CommonTimesTest {

  private static final long INTERVAL = Duration.ofMillis(500).toNanos();

  private final CommonTimes times = new CommonTimes(Duration.ofMillis(500));

  @Property
  void eachDelayEndsAtACommonTimeAboutAnIntervalLater(
      @ForAll @LongRange(min = Long.MIN_VALUE / 2, max = Long.MAX_VALUE / 2) long now) {
    long delay = times.delayAt(now).toNanos();

    assertThat(Math.floorMod(now + delay, INTERVAL)).isZero();
    assertThat(delay).isBetween(INTERVAL / 2, 3 * INTERVAL / 2);
  }

  @Test
  void aTimerThatFiresTooLateIsFollowedByOneThatEndsWithThoseOfTheOthers() {
    long late = 3 * INTERVAL + 20_000_000;

    assertThat(late + times.delayAt(late).toNanos()).isEqualTo(4 * INTERVAL);
    assertThat(3 * INTERVAL + times.delayAt(3 * INTERVAL).toNanos()).isEqualTo(4 * INTERVAL);
  }

  @Test
  void aTimerThatFiresTooEarlyIsNotFollowedAtOnceByAnother() {
    long early = 3 * INTERVAL - 1;

    assertThat(early + times.delayAt(early).toNanos()).isEqualTo(4 * INTERVAL);
  }
}
