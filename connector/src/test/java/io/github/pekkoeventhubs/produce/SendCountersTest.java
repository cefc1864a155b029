// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.ProducerStatus;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class SendCountersTest {

  private final AtomicLong clock = new AtomicLong();
  private final SendCounters counters = new SendCounters(clock::get);

  private ProducerStatus status() {
    return counters.status("producer-1", "ns", "orders");
  }

  private void pass(int seconds) {
    clock.addAndGet(Duration.ofSeconds(seconds).toNanos());
  }

  @Test
  void aBatchThatFailsAndIsSentAgainCountsOnce() {
    Object first = counters.begins(false);
    pass(2);
    counters.ends(first, false, 10, 0);
    Object second = counters.begins(true);
    pass(1);
    counters.ends(second, true, 10, 500);

    ProducerStatus status = status();
    assertThat(status.inFlight()).isZero();
    assertThat(status.oldestInFlightAge()).isEmpty();
    assertThat(status.events()).isEqualTo(10);
    assertThat(status.batches()).isEqualTo(1);
    assertThat(status.bytes()).isEqualTo(500);
    assertThat(status.retries()).isEqualTo(1);
    assertThat(status.failures()).isEqualTo(1);
    assertThat(status.sendTimes().count()).isEqualTo(1);
    assertThat(status.sendTimes().total()).isEqualTo(Duration.ofSeconds(1));
    assertThat(status.sendFailureTimes().count()).isEqualTo(1);
    assertThat(status.sendFailureTimes().total()).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void theOldestBatchOnItsWayIsKnown() {
    counters.begins(false);
    pass(3);
    counters.begins(false);
    pass(1);

    assertThat(status().inFlight()).isEqualTo(2);
    assertThat(status().oldestInFlightAge()).hasValue(Duration.ofSeconds(4));
  }

  @Test
  void anAttemptThatEndsTwiceIsTimedOnce() {
    Object attempt = counters.begins(false);
    pass(1);
    counters.ends(attempt, false, 1, 0);
    pass(5);
    counters.ends(attempt, false, 1, 0);

    assertThat(status().sendFailureTimes().total()).isEqualTo(Duration.ofSeconds(1));
  }
}
