// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.receive.SlowStreamRule.Answer;
import io.github.pekkoeventhubs.receive.SlowStreamRule.Look;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SlowStreamRuleTest {

  private static final int WIDE = 2_000;
  private static final int NARROWEST = 2;
  private static final long LOOK = SlowStreamRule.LOOK_INTERVAL.toNanos();
  private static final int LOOKS_PER_PERIOD =
      (int) (SlowStreamRule.PERIOD.toNanos() / SlowStreamRule.LOOK_INTERVAL.toNanos());

  private final SlowStreamRule rule = new SlowStreamRule();
  private long now = 17;

  private static Look look(
      long emitted, long requested, boolean isOwed, boolean hasRoom, int link) {
    return new Look(emitted, requested, isOwed, hasRoom, link, NARROWEST);
  }

  private Answer next(Look look) {
    now += LOOK;
    return rule.next(now, look);
  }

  @Test
  void fetchesWhatAStreamHasNotAskedForWithinOneLook() {
    rule.begin(now, 0, 32);

    assertThat(next(look(3, 32, false, true, WIDE))).isEqualTo(Answer.FETCH);
  }

  @Test
  void leavesWhatWaitsToAStreamThatAsksForIt() {
    rule.begin(now, 0, 32);

    for (int i = 1; i < 1_000; i++) {
      assertThat(next(look(32L * i, 32L * i + 32, false, true, 32))).isEqualTo(Answer.LOOK_AGAIN);
    }
  }

  @Test
  void doesNothingWhileTheSdkOwesEvents() {
    rule.begin(now, 0, 32);

    assertThat(next(look(0, 64, true, true, WIDE))).isEqualTo(Answer.NOTHING);
  }

  @Test
  void doesNothingAboutALinkThatAlwaysFits() {
    rule.begin(now, 0, 32);

    assertThat(next(look(0, 32, false, true, 2 * NARROWEST))).isEqualTo(Answer.NOTHING);
    assertThat(next(look(0, 32, false, true, 2 * NARROWEST + 1))).isEqualTo(Answer.FETCH);
  }

  static Stream<Arguments> paces() {
    return Stream.of(
        Arguments.of(0, WIDE, true),
        Arguments.of(0, 5, true),
        Arguments.of(1, 5, true),
        Arguments.of(3, 6, false),
        Arguments.of(999, WIDE, true),
        Arguments.of(1_000, WIDE, false),
        Arguments.of(50_000, WIDE, false));
  }

  @ParameterizedTest
  @MethodSource("paces")
  void replacesALinkThatHoldsMoreThanTwiceWhatTheStreamTakesInAPeriod(
      int taken, int link, boolean replaced) {
    rule.begin(now, 500, 4_000);
    for (int i = 1; i < LOOKS_PER_PERIOD; i++) {
      assertThat(next(look(500, 4_000, false, false, link))).isEqualTo(Answer.LOOK_AGAIN);
    }

    assertThat(next(look(500 + taken, 4_000, false, false, link)))
        .isEqualTo(replaced ? Answer.REPLACE : Answer.LOOK_AGAIN);
    assertThat(rule.pace()).isEqualTo(taken);
  }

  @Test
  void thePaceIsThatOfOnePeriodHoweverLateTheLookComes() {
    rule.begin(now, 0, 32);
    now += 4 * SlowStreamRule.PERIOD.toNanos() - LOOK;

    assertThat(next(look(2_000, 32, false, false, WIDE))).isEqualTo(Answer.REPLACE);
    assertThat(rule.pace()).isEqualTo(500);
  }

  @Test
  void theTimeInWhichTheStreamWaitedForEventsDoesNotCount() {
    rule.begin(now, 0, 32);
    for (int i = 1; i < LOOKS_PER_PERIOD; i++) {
      next(look(0, 32, false, false, WIDE));
    }
    assertThat(next(look(0, 64, true, false, WIDE))).isEqualTo(Answer.NOTHING);

    rule.begin(now, 0, 64);

    assertThat(next(look(0, 64, false, false, WIDE))).isEqualTo(Answer.LOOK_AGAIN);
  }

  @Test
  void theTimeBetweenTwoFetchesCounts() {
    Answer answer = Answer.FETCH;
    int looks = 0;
    for (; answer == Answer.FETCH; looks++) {
      rule.begin(now, looks, 32 + looks);
      answer = next(look(looks + 1, 32 + looks, false, true, WIDE));
    }

    assertThat(answer).isEqualTo(Answer.REPLACE);
    assertThat(looks).isEqualTo(LOOKS_PER_PERIOD);
    assertThat(rule.pace()).isEqualTo(LOOKS_PER_PERIOD);
  }
}
