// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.util.concurrent.Queues;

class StageSignalTest {

  private static final int MANY = 1_000_000;

  private final AtomicInteger wakeUps = new AtomicInteger();
  private final Queue<Runnable> timers = new ArrayDeque<>();
  private long now;
  private final StageSignal signal =
      new StageSignal(
          wakeUps::incrementAndGet,
          () -> now,
          (delay, task) -> timers.add(task),
          DelayRule.ARRIVALS_WORTH_A_DELAY);

  /** The stage runs out of events so often in a short time that its wake-up is delayed. */
  private void doze() {
    for (int i = 1; i < DelayRule.WAITS_WORTH_A_DELAY; i++) {
      assertThat(signal.arm()).isTrue();
      arrive(DelayRule.ARRIVALS_WORTH_A_DELAY);
    }
    assertThat(signal.arm()).isFalse();
    wakeUps.set(0);
  }

  private void arrive(int events) {
    for (int i = 0; i < events; i++) {
      signal.arrived(MANY);
    }
  }

  @Test
  void nobodyIsWokenWhoDoesNotWait() {
    signal.signal();

    assertThat(wakeUps).hasValue(0);
  }

  @Test
  void aBurstWakesOnce() {
    signal.arm();

    signal.signal();
    signal.signal();

    assertThat(wakeUps).hasValue(1);
  }

  @Test
  void whoFindsSomethingAfterAllIsNotWoken() {
    signal.arm();
    signal.disarm();

    signal.signal();

    assertThat(wakeUps).hasValue(0);
  }

  @Test
  void theFirstEventAfterAPauseWakesAtOnce() {
    now = Duration.ofSeconds(1).toNanos();
    signal.arm();
    arrive(1);
    assertThat(wakeUps).hasValue(1);

    now += Duration.ofSeconds(1).toNanos();
    signal.arm();
    arrive(1);
    assertThat(wakeUps).hasValue(2);
    assertThat(timers).isEmpty();
  }

  @Test
  void aStageThatFindsAnEventEachTimeItIsAboutToWaitIsWokenAtOnceWhenItDoesWait() {
    for (int i = 0; i < 100; i++) {
      signal.arm();
      signal.disarm();
    }

    assertThat(signal.arm()).isTrue();
    arrive(1);
    assertThat(wakeUps).hasValue(1);
    assertThat(timers).isEmpty();
  }

  @Test
  void whileEventsComeInQuickSuccessionManyWakeTogether() {
    doze();
    arrive(StageSignal.ARRIVALS_THAT_WAKE - 1);
    assertThat(wakeUps).hasValue(0);
    arrive(1);
    assertThat(wakeUps).hasValue(1);

    signal.arm();
    arrive(StageSignal.ARRIVALS_THAT_WAKE - 1);
    assertThat(wakeUps).hasValue(1);
    arrive(1);
    assertThat(wakeUps).hasValue(2);
  }

  @Test
  void asManyAsAreEnoughForAPartitionWakeADozingStage() {
    doze();
    signal.arrived(2);
    assertThat(wakeUps).hasValue(0);
    signal.arrived(2);
    assertThat(wakeUps).hasValue(1);
  }

  @Test
  void aFewWakeADozingStageWhenTheyHaveWaitedLongEnough() {
    doze();
    arrive(3);
    assertThat(timers).hasSize(1);
    timers.remove().run();
    assertThat(wakeUps).hasValue(1);
  }

  @Test
  void aDozeThatBroughtLittleIsFollowedBySleep() {
    doze();
    arrive(3);
    timers.remove().run();

    signal.arm();
    arrive(1);
    assertThat(wakeUps).hasValue(2);
    assertThat(timers).isEmpty();
  }

  @Test
  void whatTheStageHasFetchedItselfAfterADozeCountsToo() {
    doze();
    arrive(3);
    timers.remove().run();
    arrive(5);
    wakeUps.set(0);

    signal.arm();
    arrive(1);
    assertThat(wakeUps).as("it dozes again").hasValue(0);
    assertThat(timers).hasSize(1);
  }

  @Test
  void whatCannotWaitWakesADozingStage() {
    doze();
    signal.signal();
    assertThat(wakeUps).hasValue(1);
  }

  @Test
  void oneTimerServesTheDozesThatFollowEachOther() {
    doze();
    arrive(StageSignal.ARRIVALS_THAT_WAKE);
    signal.arm();
    arrive(StageSignal.ARRIVALS_THAT_WAKE);
    signal.arm();
    assertThat(timers).hasSize(1);

    wakeUps.set(0);
    timers.remove().run();
    assertThat(wakeUps).hasValue(1);
    assertThat(timers).isEmpty();
  }

  /**
   * A stage and a producer with the queue that intakes use, which publishes lazily. The producer
   * pauses at random, so that the stage often waits for one event or for many; a lost wake-up would
   * never end.
   */
  @Test
  @Timeout(30)
  void noWakeUpIsLost() throws Exception {
    int events = 200_000;
    Queue<Integer> queue = Queues.<Integer>get(64).get();
    Semaphore awake = new Semaphore(0);
    StageSignal shared = new StageSignal(awake::release);
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<?> producing =
          threads.submit(
              () -> {
                for (int i = 0; i < events; i++) {
                  while (!queue.offer(i)) {
                    Thread.onSpinWait();
                  }
                  shared.arrived(i % 3 == 0 ? 16 : MANY);
                  for (int spin = i % 37; spin > 0; spin--) {
                    Thread.onSpinWait();
                  }
                }
              });
      int expected = 0;
      while (expected < events) {
        Integer event = queue.poll();
        if (event == null) {
          shared.arm();
          event = queue.poll();
          if (event == null) {
            assertThat(awake.tryAcquire(10, TimeUnit.SECONDS)).as("woken at %s", expected).isTrue();
            continue;
          }
          shared.disarm();
        }
        assertThat(event.intValue() == expected).isTrue();
        expected++;
      }
      producing.get(10, TimeUnit.SECONDS);
    } finally {
      threads.shutdownNow();
    }
  }
}
