// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class OrderedTrackerTest {

  private static final AcknowledgedPosition START =
      new AcknowledgedPosition(41, "forty-one", Map.of("note", "kept"), "");

  private final ControllableEpoch epoch = ControllableEpoch.ofPartition("0");
  private final AcknowledgementTracker tracker =
      AcknowledgementTracker.create(Acknowledgement.ORDERED, START, 3);

  private void emit(long... sequenceNumbers) {
    for (long number : sequenceNumbers) {
      assertThat(tracker.emitting(epoch.offset(number), number * 1000)).isTrue();
    }
  }

  @Test
  void isThePositionOfTheStartUntilSomethingIsAcknowledged() {
    emit(42, 43);

    assertThat(tracker.acknowledged()).isEqualTo(START);
    assertThat(tracker.unacknowledged()).isEqualTo(2);
  }

  @Test
  void isThePositionOfTheHighestAcknowledgedEvent() {
    emit(42, 43, 44);

    assertThat(tracker.acknowledge(epoch.offset(43).withMetadata(Map.of("trace", "t1")))).isTrue();
    assertThat(tracker.acknowledge(epoch.offset(42))).isFalse();

    assertThat(tracker.acknowledged())
        .isEqualTo(new AcknowledgedPosition(43, "offset-43", Map.of("trace", "t1"), ""));
    assertThat(tracker.unacknowledged()).isEqualTo(1);
  }

  @Test
  void isFullAtTheBound() {
    emit(42, 43);
    assertThat(tracker.isFull()).isFalse();
    emit(44);
    assertThat(tracker.isFull()).isTrue();

    tracker.acknowledge(epoch.offset(42));

    assertThat(tracker.isFull()).isFalse();
  }

  @Test
  void holesInTheNumbersDoNotCount() {
    emit(42, 1_000_042);
    assertThat(tracker.isFull()).isFalse();
    assertThat(tracker.unacknowledged()).isEqualTo(2);

    tracker.acknowledge(epoch.offset(42));
    assertThat(tracker.unacknowledged()).isEqualTo(1);
    tracker.acknowledge(epoch.offset(1_000_042));
    assertThat(tracker.unacknowledged()).isZero();
  }

  @Test
  void anEventCannotBeEmittedTwice() {
    emit(42);

    assertThatThrownBy(() -> emit(42))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("event 42 cannot be emitted after event 42");
    assertThatThrownBy(() -> emit(40)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theAgeIsThatOfTheOldestUnacknowledgedEvent() {
    assertThat(tracker.oldestUnacknowledgedAge(99_000)).isEqualTo(Duration.ZERO);
    emit(42, 43);
    assertThat(tracker.oldestUnacknowledgedAge(50_000)).isEqualTo(Duration.ofNanos(8_000));
    tracker.acknowledge(epoch.offset(42));
    emit(44);
    // 44 is marked; the true age, that of 43, is at most one acknowledgement older.
    assertThat(tracker.oldestUnacknowledgedAge(50_000)).isEqualTo(Duration.ofNanos(6_000));
    tracker.acknowledge(epoch.offset(44));

    assertThat(tracker.oldestUnacknowledgedAge(60_000)).isEqualTo(Duration.ZERO);
  }

  @Test
  void aStartWithoutSequenceNumberWorks() {
    AcknowledgementTracker unknown =
        AcknowledgementTracker.create(
            Acknowledgement.ORDERED,
            new AcknowledgedPosition(AcknowledgedPosition.UNKNOWN, "x", Map.of(), ""),
            3);
    unknown.emitting(epoch.offset(5), 0);
    unknown.emitting(epoch.offset(6), 0);
    assertThat(unknown.unacknowledged()).isEqualTo(2);
    unknown.acknowledge(epoch.offset(5));

    assertThat(unknown.unacknowledged()).isEqualTo(1);
  }

  /** Each step emits with a distance of its value, or acknowledges one of the emitted events. */
  @Property
  void countsLikeASetOfTheEmittedNumbers(
      @ForAll @Size(max = 60) List<@IntRange(min = -20, max = 5) Integer> steps) {
    AcknowledgementTracker tested =
        AcknowledgementTracker.create(Acknowledgement.ORDERED, START, 5);
    TreeSet<Long> unacknowledged = new TreeSet<>();
    TreeSet<Long> emitted = new TreeSet<>();
    long acknowledged = START.sequenceNumber();
    long last = START.sequenceNumber();
    for (int step : steps) {
      if (step > 0) {
        last += step;
        tested.emitting(epoch.offset(last), 0);
        emitted.add(last);
        unacknowledged.add(last);
      } else if (!emitted.isEmpty()) {
        Long number = List.copyOf(emitted).get(-step % emitted.size());
        assertThat(tested.acknowledge(epoch.offset(number))).isEqualTo(number > acknowledged);
        acknowledged = Math.max(acknowledged, number);
        unacknowledged.headSet(acknowledged, true).clear();
      }
      assertThat(tested.acknowledgedSequenceNumber()).isEqualTo(acknowledged);
      assertThat(tested.emittedSequenceNumber()).isEqualTo(last);
      assertThat(tested.unacknowledged()).isEqualTo(unacknowledged.size());
      assertThat(tested.room()).isEqualTo(5 - unacknowledged.size());
    }
  }
}
