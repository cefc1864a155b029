// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SharedTimerTest {

  private final Queue<Runnable> timers = new ArrayDeque<>();
  private final List<Duration> delays = new ArrayList<>();
  private final SharedTimer timer =
      new SharedTimer(
          (delay, task) -> {
            delays.add(delay);
            timers.add(task);
          });
  private final List<String> woken = new ArrayList<>();

  private void wait(String who) {
    timer.after(StageSignal.PERIOD, () -> woken.add(who));
  }

  @Test
  void allThatWaitAreWokenByOneTimer() {
    wait("a");
    wait("b");
    assertThat(timers).hasSize(1);

    timers.remove().run();

    assertThat(woken).containsExactly("a", "b");
    assertThat(timers).isEmpty();
  }

  @Test
  void nobodyIsWokenTwice() {
    wait("a");
    timers.remove().run();
    wait("b");
    timers.remove().run();

    assertThat(woken).containsExactly("a", "b");
  }

  @Test
  void oneThatWaitsAgainWhenItIsWokenWaitsForTheNextTimer() {
    timer.after(StageSignal.PERIOD, () -> wait("again"));

    timers.remove().run();
    assertThat(woken).isEmpty();
    assertThat(timers).hasSize(1);

    timers.remove().run();
    assertThat(woken).containsExactly("again");
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "8, 1", "15, 1", "16, 2", "31, 3", "32, 4", "1000, 4"})
  void theDelayGrowsWithTheNumberOfStagesThatWereWoken(int stages, int periods) {
    for (int i = 0; i < stages; i++) {
      wait("many");
    }
    timers.remove().run();
    assertThat(timer.periods()).isEqualTo(periods);
    wait("next");

    assertThat(delays)
        .containsExactly(StageSignal.PERIOD, StageSignal.PERIOD.multipliedBy(periods));
  }

  @Test
  void theDelayIsShortAgainAfterFewHaveWaited() {
    for (int i = 0; i < 32; i++) {
      wait("many");
    }
    timers.remove().run();
    wait("few");
    timers.remove().run();

    assertThat(timer.periods()).isEqualTo(1);
  }
}
