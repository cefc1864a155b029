// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class ClaimTrustTest {

  private static final Duration VALIDITY = Duration.ofSeconds(105);
  private static final long PAUSE = ClaimTrust.LONGEST_PAUSE.toNanos();

  /** The monotonic clock may be anywhere, also close to its overflow. */
  private static final long START = Long.MAX_VALUE - 3 * PAUSE;

  private final ClaimTrust trust = new ClaimTrust();

  ClaimTrustTest() {
    trust.written(START, VALIDITY);
    trust.begins(START);
  }

  @Test
  void whoIsSeenRunningMayEmitUntilTheClaimExpires() {
    for (long now = START; !trust.isExpired(now); now += PAUSE / 8) {
      assertThat(trust.noticesPause(now)).isFalse();
      assertThat(trust.emitUntil() - now).isPositive();
    }
    assertThat(trust.emitUntil()).isEqualTo(START + VALIDITY.toNanos());
  }

  @Test
  void whoWasPausedMayNotEmitBeforeTheClaimIsWrittenAgain() {
    long woken = START + 2 * PAUSE;
    assertThat(trust.emitUntil() - woken).isNegative();
    assertThat(trust.noticesPause(woken)).isTrue();
    assertThat(trust.emitUntil() - woken).isNotPositive();
    assertThat(trust.noticesPause(woken + PAUSE / 8)).as("said once").isFalse();
    assertThat(trust.emitUntil() - (woken + PAUSE / 8)).isNotPositive();

    trust.written(woken, VALIDITY);

    assertThat(trust.noticesPause(woken + PAUSE / 4)).isFalse();
    assertThat(trust.emitUntil() - (woken + PAUSE / 4)).isPositive();
  }

  @Test
  void aRequestFromBeforeThePauseProvesNothing() {
    long woken = START + 2 * PAUSE;

    trust.written(START + 1, VALIDITY);

    assertThat(trust.emitUntil() - woken).isNegative();
    assertThat(trust.noticesPause(woken)).isTrue();

    trust.written(START + 2, VALIDITY);

    assertThat(trust.noticesPause(woken + PAUSE / 8)).isFalse();
    assertThat(trust.emitUntil() - (woken + PAUSE / 8)).isNotPositive();
  }

  @Test
  void aStoreThatAnswersSlowlyIsNoPause() {
    long now = START;
    while (now - START < 2 * PAUSE) {
      now += PAUSE / 8;
      assertThat(trust.noticesPause(now)).isFalse();
    }

    trust.written(START, VALIDITY);

    assertThat(trust.emitUntil() - now).isPositive();
    assertThat(trust.noticesPause(now + PAUSE / 8)).isFalse();
  }
}
