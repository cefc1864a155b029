// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

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

  private final AtomicInteger wakeUps = new AtomicInteger();
  private final StageSignal signal = new StageSignal(wakeUps::incrementAndGet);

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

  /**
   * A stage and a producer with the queue that intakes use, which publishes lazily. The producer
   * pauses at random, so that the stage often goes to sleep; a lost wake-up would never end.
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
                  shared.signal();
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
