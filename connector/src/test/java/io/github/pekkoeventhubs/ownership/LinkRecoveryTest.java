// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LinkRecoveryTest {

  private final LinkRecovery recovery = new LinkRecovery();

  @Test
  void aLinkThatWasNeverLostDoesNotRecover() {
    recovery.attaching();
    recovery.asked();

    assertThat(recovery.recoversWith(5)).isFalse();
    assertThat(recovery.recoversWithAnswer()).isFalse();
  }

  @Test
  void anEventAfterTheLossIsARecoveryAndIsSaidOnce() {
    recovery.lost(100, 7);
    recovery.attaching();
    assertThat(recovery.recoversWith(7)).isFalse();

    assertThat(recovery.recoversWith(8)).isTrue();
    assertThat(recovery.recoversWith(9)).isFalse();
  }

  @Test
  void lossesInARowAreOneOutageWhoseAttemptsAddUp() {
    recovery.lost(100, 7);
    recovery.attaching();
    recovery.lost(200, 7);
    recovery.attaching();

    assertThat(recovery.lostAt()).isEqualTo(100);
    assertThat(recovery.attempts()).isEqualTo(2);
  }

  @Test
  void anAnswerCountsOnlyIfTheSameLinkWasAttachedWhenItWasAskedFor() {
    recovery.lost(100, 7);
    recovery.attaching();
    recovery.asked();
    recovery.attaching();
    assertThat(recovery.recoversWithAnswer()).isFalse();

    recovery.asked();
    assertThat(recovery.recoversWithAnswer()).isTrue();
  }

  @Test
  void anAnswerBeforeTheFirstAttemptIsNoRecovery() {
    recovery.lost(100, 7);

    assertThat(recovery.recoversWithAnswer()).isFalse();
  }

  @Test
  void eachOutageCountsItsOwnAttempts() {
    recovery.lost(100, 7);
    recovery.attaching();
    recovery.recoversWith(8);

    recovery.lost(300, 8);

    assertThat(recovery.lostAt()).isEqualTo(300);
    assertThat(recovery.attempts()).isZero();
  }
}
