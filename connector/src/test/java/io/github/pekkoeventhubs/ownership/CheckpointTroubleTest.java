// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTroubleTest {

  private static final long WARN_AFTER = CheckpointTrouble.WARN_AFTER.toNanos();

  private final CheckpointTrouble trouble = new CheckpointTrouble();

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - 10, Long.MIN_VALUE})
  void isSaidOnceWhenAttemptsHaveBeenFailingForAWhileAndOnceWhenTheySucceed(long start) {
    assertThat(trouble.failed(start)).isEmpty();
    assertThat(trouble.failed(start + WARN_AFTER - 1)).isEmpty();
    assertThat(trouble.failed(start + WARN_AFTER)).contains(CheckpointTrouble.WARN_AFTER);
    assertThat(trouble.failed(start + 10 * WARN_AFTER)).isEmpty();

    assertThat(trouble.worksAgain(start + 20 * WARN_AFTER))
        .contains(Duration.ofNanos(20 * WARN_AFTER));
    assertThat(trouble.worksAgain(start + 21 * WARN_AFTER)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 100})
  void isNotSaidOfAttemptsThatFailNowAndThen(int failures) {
    for (int i = 0; i < failures; i++) {
      assertThat(trouble.failed(i * WARN_AFTER)).isEmpty();
      assertThat(trouble.worksAgain(i * WARN_AFTER + 1)).isEmpty();
    }
  }
}
