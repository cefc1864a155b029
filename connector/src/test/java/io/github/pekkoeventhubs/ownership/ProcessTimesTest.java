// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.DurationRecorder;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class ProcessTimesTest {

  private final AtomicLong clock = new AtomicLong();
  private final DurationRecorder recorder = new DurationRecorder();
  private final ProcessTimes ordered = new ProcessTimes(true, recorder, clock::get);
  private final ProcessTimes unordered = new ProcessTimes(false, recorder, clock::get);

  private void pass(long millis) {
    clock.addAndGet(Duration.ofMillis(millis).toNanos());
  }

  private void emit(ProcessTimes times, long sequenceNumber) {
    times.emitting(sequenceNumber, clock.get());
  }

  private long count() {
    return recorder.distribution().count();
  }

  private Duration total() {
    return recorder.distribution().total();
  }

  @Test
  void anEventIsTimedUntilItIsAcknowledged() {
    emit(ordered, 7);
    pass(30);
    ordered.acknowledged(7);

    assertThat(count()).isEqualTo(1);
    assertThat(total()).isEqualTo(Duration.ofMillis(30));
  }

  @Test
  void anAcknowledgementInOrderStandsForTheEarlierEvents() {
    emit(ordered, 7);
    pass(2);
    emit(ordered, 8);
    ordered.acknowledged(6);
    assertThat(count()).isZero();
    pass(2);
    ordered.acknowledged(8);

    assertThat(total()).isEqualTo(Duration.ofMillis(4));
  }

  @Test
  void withoutOrderOnlyItsOwnAcknowledgementCounts() {
    emit(unordered, 7);
    pass(2);
    unordered.acknowledged(8);
    assertThat(count()).isZero();
    pass(2);
    unordered.acknowledged(7);

    assertThat(total()).isEqualTo(Duration.ofMillis(4));
  }

  @Test
  void noMoreThanOneEventInAMillisecondIsTimed() {
    for (int event = 0; event < 100; event++) {
      emit(ordered, event);
      ordered.acknowledged(event);
    }
    assertThat(count()).isEqualTo(1);

    pass(1);
    emit(ordered, 100);
    ordered.acknowledged(100);
    ordered.acknowledged(100);
    assertThat(count()).isEqualTo(2);
  }

  @Test
  void aSkippedEventIsNotProcessed() {
    emit(ordered, 7);
    pass(5);
    ordered.skipped(7);
    emit(ordered, 8);
    pass(3);
    ordered.acknowledged(8);

    assertThat(count()).isEqualTo(1);
    assertThat(total()).isEqualTo(Duration.ofMillis(3));
  }

  @Test
  void anAcknowledgementWithoutATimedEventIsNoTime() {
    ordered.acknowledged(Long.MAX_VALUE);
    unordered.acknowledged(Long.MAX_VALUE);

    assertThat(count()).isZero();
  }
}
