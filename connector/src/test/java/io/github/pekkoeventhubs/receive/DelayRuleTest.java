// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class DelayRuleTest {

  private static final int MANY = DelayRule.ARRIVALS_WORTH_A_DELAY;
  private static final int FEW = MANY - 1;

  private final DelayRule rule = new DelayRule(DelayRule.ARRIVALS_WORTH_A_DELAY);

  /** The stage waits so often that the last of these waits is for many events. */
  private void becomeBusy(long now) {
    for (int i = 1; i < DelayRule.WAITS_WORTH_A_DELAY; i++) {
      assertThat(rule.delayNext(now, MANY, 1)).isFalse();
    }
    assertThat(rule.delayNext(now, MANY, 1)).isTrue();
  }

  @Test
  void twoWaitsForEachOfTheBatchesOfTwoThousandEventsASecondAreNotDelayed() {
    long now = 123;
    for (int batch = 0; batch < 200; batch++) {
      assertThat(rule.delayNext(now, 9, 1)).isFalse();
      assertThat(rule.delayNext(now + 50_000, 1, 1)).isFalse();
      now += Duration.ofMillis(5).toNanos();
    }
  }

  @Test
  void aBatchOfTenThatWakesTheStageForEachOfItsEventsIsNotDelayed() {
    DelayRule own = new DelayRule(DelayRule.ARRIVALS_WORTH_A_TIMER);
    long now = 123;
    for (int batch = 0; batch < 200; batch++) {
      for (int event = 0; event < 10; event++) {
        assertThat(own.delayNext(now + event * 20_000L, 1, 1)).isFalse();
      }
      now += Duration.ofMillis(5).toNanos();
    }
  }

  @Test
  void asManyArrivalsInOnePeriodAsOneDelayHasToGatherAreEnough() {
    for (int wait = 1; wait < DelayRule.ARRIVALS_WORTH_A_DELAY; wait++) {
      assertThat(rule.delayNext(wait, 1, 1)).isFalse();
    }

    assertThat(rule.delayNext(100, 1, 1)).isTrue();
  }

  /** A delay of four periods gathers four times as many. */
  @Test
  void fewerArrivalsInOnePeriodAreEnoughForALongerDelay() {
    for (int wait = 1; wait < 4; wait++) {
      assertThat(rule.delayNext(wait, 1, 4)).isFalse();
    }

    assertThat(rule.delayNext(4, 1, 4)).isTrue();
  }

  @Test
  void arrivalsOfAnEarlierPeriodDoNotCount() {
    DelayRule own = new DelayRule(DelayRule.ARRIVALS_WORTH_A_TIMER);
    own.delayNext(0, 1_000, 1);
    for (int wait = 0; wait < 2 * DelayRule.WAITS_WORTH_A_DELAY; wait++) {
      assertThat(own.delayNext(DelayRule.PERIOD_NANOS + wait, 1, 1)).isFalse();
    }
  }

  @Test
  void waitsInQuickSuccessionAreDelayed() {
    becomeBusy(Long.MAX_VALUE - 5);
  }

  @Test
  void aDelayThatHasGatheredManyEventsIsFollowedByAnother() {
    becomeBusy(0);

    assertThat(rule.delayNext(1_000_000, DelayRule.ARRIVALS_WORTH_A_DELAY, 1)).isTrue();
    assertThat(rule.delayNext(2_000_000, DelayRule.ARRIVALS_WORTH_A_DELAY, 1)).isTrue();
  }

  @Test
  void aDelayThatHasGatheredFewIsTheLastForNow() {
    becomeBusy(0);

    assertThat(rule.delayNext(1_000_000, FEW, 1)).isFalse();
    assertThat(rule.delayNext(10_000_000, 1_000, 1)).isFalse();
  }

  @Test
  void aTimerOfItsOwnPaysForMoreEventsOnly() {
    DelayRule own = new DelayRule(DelayRule.ARRIVALS_WORTH_A_TIMER);
    for (int i = 0; i < DelayRule.WAITS_WORTH_A_DELAY; i++) {
      own.delayNext(0, DelayRule.ARRIVALS_WORTH_A_TIMER, 1);
    }

    assertThat(own.delayNext(1, DelayRule.ARRIVALS_WORTH_A_TIMER, 1)).isTrue();
    assertThat(own.delayNext(2, DelayRule.ARRIVALS_WORTH_A_TIMER - 1, 1)).isFalse();
  }

  @Test
  void aLongerDelayHasToGatherMore() {
    becomeBusy(0);
    int enough = 2 * DelayRule.ARRIVALS_WORTH_A_DELAY;

    assertThat(rule.delayNext(4_000_000, enough, 4)).isTrue();
    assertThat(rule.delayNext(8_000_000, enough - 1, 4)).isFalse();
  }

  @Test
  void waitsAreCountedAnewAfterEachDelay() {
    becomeBusy(0);
    assertThat(rule.delayNext(1, FEW, 1)).isFalse();

    for (int i = 2; i < DelayRule.WAITS_WORTH_A_DELAY; i++) {
      assertThat(rule.delayNext(2, MANY, 1)).isFalse();
    }
    assertThat(rule.delayNext(3, MANY, 1)).isTrue();
  }

  @Test
  void waitsThatWereNoneDoNotCount() {
    for (int i = 0; i < 100; i++) {
      assertThat(rule.delayNext(0, 1, 1)).isFalse();
      rule.found(true);
    }

    becomeBusy(0);
  }

  @Test
  void anEventThatIsFoundWithoutAWaitDoesNotEndDelays() {
    becomeBusy(0);
    rule.found(true);

    assertThat(rule.delayNext(1_000_000, 0, 1)).isTrue();
    assertThat(rule.delayNext(2_000_000, 0, 1)).isFalse();
  }
}
