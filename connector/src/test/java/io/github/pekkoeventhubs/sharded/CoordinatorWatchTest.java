// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.sharded;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class CoordinatorWatchTest {

  private static final long START = Duration.ofSeconds(100).toNanos();

  private final CoordinatorWatch watch = new CoordinatorWatch();

  private static long after(int seconds) {
    return START + Duration.ofSeconds(seconds).toNanos();
  }

  @Test
  void requestsWithoutAnAnswerAreReportedOnceAndWithinTwentySeconds() {
    watch.asked(START);
    watch.asked(after(1));

    assertThat(watch.takeReport(after(14))).isFalse();
    assertThat(watch.takeReport(after(15))).isTrue();
    assertThat(watch.takeReport(after(16))).isFalse();
    assertThat(watch.isSilent(after(16))).isTrue();
    assertThat(CoordinatorWatch.LONGEST_SILENCE).isLessThan(Duration.ofSeconds(20));
  }

  @Test
  void anAnswerEndsTheSilenceAndTheNextOneIsReportedAgain() {
    watch.asked(START);
    watch.takeReport(after(20));

    watch.answered();
    assertThat(watch.isSilent(after(100))).as("nothing is asked").isFalse();
    watch.asked(after(100));

    assertThat(watch.takeReport(after(114))).isFalse();
    assertThat(watch.takeReport(after(115))).isTrue();
  }
}
