// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.ControllableEpoch;
import io.github.pekkoeventhubs.SequenceNumbers;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

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

  /** As where a compacted event hub is read by several at a time: something is always in hand. */
  @Test
  void holesAreForgottenThoughAcknowledgementsAlwaysLag() throws ReflectiveOperationException {
    for (long number = 42; number < 20_042; number += 2) {
      emit(number);
      tracker.acknowledge(epoch.offset(number - 14));
    }

    assertThat(tracker.unacknowledged()).isEqualTo(7);
    assertThat(keptRuns()).isLessThanOrEqualTo(9);
  }

  private int keptRuns() throws ReflectiveOperationException {
    int runs = 0;
    Object run = value(tracker, "newestRun");
    while (run != null) {
      runs++;
      run = value(run, "earlier");
    }
    return runs;
  }

  private static @Nullable Object value(Object object, String field)
      throws ReflectiveOperationException {
    Field found = object.getClass().getDeclaredField(field);
    found.setAccessible(true);
    return found.get(object);
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
            new AcknowledgedPosition(SequenceNumbers.UNKNOWN, "x", Map.of(), ""),
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

  @Test
  void skippedEventsArePassedWhenAllEarlierOnesAreAcknowledged() {
    emit(42, 43, 44);
    assertThat(tracker.skip(epoch.offset(43))).isFalse();
    assertThat(tracker.acknowledged()).isEqualTo(START);
    assertThat(tracker.unacknowledged()).isEqualTo(2);

    assertThat(tracker.acknowledge(epoch.offset(42))).isTrue();

    assertThat(tracker.acknowledgedSequenceNumber()).isEqualTo(43);
    assertThat(tracker.acknowledged().offset()).isEqualTo("offset-43");
    assertThat(tracker.unacknowledged()).isEqualTo(1);
  }

  @Test
  void anEventThatIsSkippedWhenAllEarlierOnesAreAcknowledgedIsThePositionAtOnce() {
    emit(42);

    assertThat(tracker.skip(epoch.offset(42))).isTrue();

    assertThat(tracker.acknowledged().offset()).isEqualTo("offset-42");
    assertThat(tracker.unacknowledged()).isZero();
  }

  @Test
  void anyNumberOfSkippedEventsLeavesRoom() {
    emit(42);
    for (long number = 43; number < 100_000; number++) {
      emit(number);
      tracker.skip(epoch.offset(number));
      assertThat(tracker.room()).isEqualTo(2);
    }

    tracker.acknowledge(epoch.offset(42));

    assertThat(tracker.acknowledgedSequenceNumber()).isEqualTo(99_999);
  }

  private enum Action {
    EMIT,
    EMIT_AFTER_A_HOLE,
    ACKNOWLEDGE,
    SKIP
  }

  private record Step(Action action, int choice) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(Arbitraries.of(Action.class), Arbitraries.integers().between(0, 99))
        .as(Step::new)
        .list()
        .ofMaxSize(80);
  }

  @Property
  void countsEventsThatAreNeitherSkippedNorAtOrBelowThePosition(@ForAll("steps") List<Step> steps) {
    AcknowledgementTracker tested =
        AcknowledgementTracker.create(Acknowledgement.ORDERED, START, 5);
    TreeSet<Long> emitted = new TreeSet<>();
    TreeSet<Long> skipped = new TreeSet<>();
    long position = START.sequenceNumber();
    long last = START.sequenceNumber();
    for (Step step : steps) {
      if (step.action() == Action.EMIT || step.action() == Action.EMIT_AFTER_A_HOLE) {
        last += step.action() == Action.EMIT ? 1 : 2 + step.choice();
        tested.emitting(epoch.offset(last), 0);
        emitted.add(last);
      } else if (!emitted.isEmpty()) {
        Long number = List.copyOf(emitted).get(step.choice() % emitted.size());
        if (step.action() == Action.SKIP) {
          tested.skip(epoch.offset(number));
          skipped.add(number);
        } else {
          tested.acknowledge(epoch.offset(number));
          position = Math.max(position, number);
        }
      }
      Long next = emitted.higher(position);
      while (next != null && skipped.contains(next)) {
        position = next;
        next = emitted.higher(position);
      }
      TreeSet<Long> open = new TreeSet<>(emitted.tailSet(position, false));
      open.removeAll(skipped);
      assertThat(tested.acknowledgedSequenceNumber()).isEqualTo(position);
      assertThat(tested.unacknowledged()).isEqualTo(open.size());
      assertThat(tested.room()).isEqualTo(5 - open.size());
    }
  }

  @Test
  @Timeout(60)
  void noSkippedEventIsForgottenBesideAcknowledgementsFromAnotherThread() throws Exception {
    int events = 200_000;
    AcknowledgementTracker tested =
        AcknowledgementTracker.create(Acknowledgement.ORDERED, START, events);
    for (long number = 42; number < 42 + events; number++) {
      tested.emitting(epoch.offset(number), 0);
    }
    ExecutorService committer = Executors.newSingleThreadExecutor();
    try {
      Future<?> acknowledging =
          committer.submit(
              () -> {
                for (long number = 42; number < 42 + events; number += 2) {
                  tested.acknowledge(epoch.offset(number));
                }
              });
      for (long number = 43; number < 42 + events; number += 2) {
        tested.skip(epoch.offset(number));
        assertThat(tested.unacknowledged()).isNotNegative();
      }
      acknowledging.get();
    } finally {
      committer.shutdownNow();
    }

    assertThat(tested.acknowledgedSequenceNumber()).isEqualTo(41 + events);
    assertThat(tested.unacknowledged()).isZero();
  }
}
