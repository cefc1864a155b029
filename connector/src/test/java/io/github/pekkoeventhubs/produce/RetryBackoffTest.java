// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RetryBackoffTest {

  private static final Duration MINIMUM = Duration.ofMillis(100);
  private static final Duration MAXIMUM = Duration.ofSeconds(1);

  private static RetryBackoff backoff(int maxRetries, double random) {
    return new RetryBackoff(maxRetries, MINIMUM, MAXIMUM, () -> random);
  }

  @Test
  void theDelayDoublesUpToTheMaximum() {
    RetryBackoff backoff = backoff(100, 1);

    assertThat(backoff.delay(0)).contains(Duration.ofMillis(100));
    assertThat(backoff.delay(1)).contains(Duration.ofMillis(200));
    assertThat(backoff.delay(3)).contains(Duration.ofMillis(800));
    assertThat(backoff.delay(4)).contains(MAXIMUM);
    assertThat(backoff.delay(99)).contains(MAXIMUM);
  }

  @Test
  void chanceTakesOffUpToHalf() {
    assertThat(backoff(100, 0).delay(0)).contains(Duration.ofMillis(50));
    assertThat(backoff(100, 0.5).delay(0)).contains(Duration.ofMillis(75));
    assertThat(backoff(100, 0).delay(50)).contains(Duration.ofMillis(500));
  }

  @Test
  void endsWhenTheRetriesAreUsedUp() {
    assertThat(backoff(2, 0).delay(1)).isPresent();
    assertThat(backoff(2, 0).delay(2)).isEmpty();
    assertThat(backoff(0, 0).delay(0)).isEmpty();
  }
}
