// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class CommonTimerTest {

  private final Queue<Runnable> timers = new ArrayDeque<>();
  private final CommonTimer timer = new CommonTimer((delay, task) -> timers.add(task));
  private final List<String> woken = new ArrayList<>();

  private void wait(String who) {
    timer.after(StageSignal.LONGEST_DELAY, () -> woken.add(who));
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
    timer.after(StageSignal.LONGEST_DELAY, () -> wait("again"));

    timers.remove().run();
    assertThat(woken).isEmpty();
    assertThat(timers).hasSize(1);

    timers.remove().run();
    assertThat(woken).containsExactly("again");
  }
}
