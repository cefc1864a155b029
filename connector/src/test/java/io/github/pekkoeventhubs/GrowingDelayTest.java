// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class GrowingDelayTest {

  private final GrowingDelay delays =
      new GrowingDelay(Duration.ofMillis(200), Duration.ofSeconds(1), 0.5);

  @Test
  void aDelayDoublesUpToTheMaximum() {
    assertThat(delays.before(0, 0)).isEqualTo(Duration.ofMillis(200));
    assertThat(delays.before(1, 0)).isEqualTo(Duration.ofMillis(400));
    assertThat(delays.before(2, 0)).isEqualTo(Duration.ofMillis(800));
    assertThat(delays.before(3, 0)).isEqualTo(Duration.ofSeconds(1));
    assertThat(delays.before(Integer.MAX_VALUE, 0)).isEqualTo(Duration.ofSeconds(1));
  }

  @Test
  void chanceTakesOffAtMostTheShareThatIsAllowed() {
    assertThat(delays.before(0, 0.5)).isEqualTo(Duration.ofMillis(150));
    assertThat(delays.before(0, 1)).isEqualTo(Duration.ofMillis(100));
  }

  @Test
  void aMaximumBelowTheMinimumCountsAsTheMinimum() {
    GrowingDelay constant = new GrowingDelay(Duration.ofSeconds(2), Duration.ofSeconds(1), 0);

    assertThat(constant.before(5, 0)).isEqualTo(Duration.ofSeconds(2));
  }
}
