// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.ControllableEpoch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class UnorderedTrackerTest {

  private static final AcknowledgedPosition START =
      new AcknowledgedPosition(41, "forty-one", Map.of("note", "kept"), "");

  private final ControllableEpoch epoch = new ControllableEpoch("0", 1, Acknowledgement.UNORDERED);

  private static AcknowledgementTracker tracker(AcknowledgedPosition start, int maxUncommitted) {
    return AcknowledgementTracker.create(Acknowledgement.UNORDERED, start, maxUncommitted);
  }

  private void emit(AcknowledgementTracker tracker, long... sequenceNumbers) {
    for (long number : sequenceNumbers) {
      assertThat(tracker.emitting(epoch.offset(number), number * 1000)).isTrue();
    }
  }

  private void acknowledge(AcknowledgementTracker tracker, long... sequenceNumbers) {
    for (long number : sequenceNumbers) {
      assertThat(tracker.acknowledge(epoch.offset(number))).isTrue();
    }
  }

  /**
   * Returns those of these events that a source would emit again after a restart from this
   * position.
   */
  private List<Long> emittedAfterRestart(AcknowledgedPosition stored, LongStream events) {
    AcknowledgementTracker restarted = tracker(stored, 10_000);
    return events
        .filter(number -> number > stored.sequenceNumber())
        .filter(number -> restarted.emitting(epoch.offset(number), 0))
        .boxed()
        .toList();
  }

  @Test
  void thePositionIsTheEndOfTheContiguousRun() {
    AcknowledgementTracker tracker = tracker(START, 10);
    emit(tracker, 42, 43, 44, 45);

    acknowledge(tracker, 43);
    assertThat(tracker.acknowledgedSequenceNumber()).isEqualTo(41);
    acknowledge(tracker, 42);
    assertThat(tracker.acknowledged())
        .isEqualTo(new AcknowledgedPosition(43, "offset-43", Map.of(), ""));
    acknowledge(tracker, 45);
    assertThat(tracker.acknowledgedSequenceNumber()).isEqualTo(43);
    acknowledge(tracker, 44);
    assertThat(tracker.acknowledgedSequenceNumber()).isEqualTo(45);
    assertThat(tracker.unacknowledged()).isZero();
  }

  @Test
  void thePositionStandsStillWhileItsGapMapChanges() {
    AcknowledgementTracker tracker = tracker(START, 10);
    emit(tracker, 42, 43, 44);
    acknowledge(tracker, 43);
    AcknowledgedPosition first = tracker.acknowledged();
    acknowledge(tracker, 44);
    AcknowledgedPosition second = tracker.acknowledged();

    assertThat(first.sequenceNumber()).isEqualTo(41);
    assertThat(first.offset()).isEqualTo("forty-one");
    assertThat(first.metadata()).isEqualTo(START.metadata());
    assertThat(second.sequenceNumber()).isEqualTo(41);
    assertThat(second).isNotEqualTo(first);
  }

  @Test
  void whatWasFinishedOutOfOrderIsNotEmittedAgainAfterARestart() {
    AcknowledgementTracker tracker = tracker(START, 10);
    emit(tracker, 42, 43, 44, 45, 46);
    acknowledge(tracker, 42, 44, 46);

    AcknowledgedPosition stored = tracker.acknowledged();

    assertThat(stored.sequenceNumber()).isEqualTo(42);
    assertThat(emittedAfterRestart(stored, LongStream.rangeClosed(42, 48)))
        .containsExactly(43L, 45L, 47L, 48L);
  }

  @Test
  void whatTheGapMapSaysIsKeptUntilItHasBeenReadAgain() {
    AcknowledgementTracker tracker = tracker(START, 10);
    emit(tracker, 42, 43, 44, 45, 46);
    acknowledge(tracker, 44, 46);
    AcknowledgementTracker restarted = tracker(tracker.acknowledged(), 10);
    emit(restarted, 42, 43);
    acknowledge(restarted, 42);

    AcknowledgedPosition stored = restarted.acknowledged();

    assertThat(stored.sequenceNumber()).isEqualTo(42);
    assertThat(emittedAfterRestart(stored, LongStream.rangeClosed(42, 47)))
        .containsExactly(43L, 45L, 47L);
  }

  @Test
  void finishedEventsAreRunOverWhenTheyAreReadAgain() {
    AcknowledgementTracker tracker = tracker(START, 10);
    emit(tracker, 42, 43, 44);
    acknowledge(tracker, 43, 44);
    AcknowledgementTracker restarted = tracker(tracker.acknowledged(), 10);
    emit(restarted, 42);
    assertThat(restarted.emitting(epoch.offset(43), 0)).isFalse();
    acknowledge(restarted, 42);
    assertThat(restarted.acknowledgedSequenceNumber()).isEqualTo(43);
    assertThat(restarted.emitting(epoch.offset(44), 0)).isFalse();

    assertThat(restarted.acknowledged())
        .isEqualTo(new AcknowledgedPosition(44, "offset-44", Map.of(), ""));
  }

  @Test
  void aSecondAcknowledgementAndOneOfAForeignEventChangeNothing() {
    AcknowledgementTracker tracker = tracker(START, 10);
    assertThat(tracker.acknowledge(epoch.offset(42))).isFalse();
    emit(tracker, 42, 43, 46);
    acknowledge(tracker, 43);

    for (long number : new long[] {43, 41, 0, 44, 45, 47, 1_000_000}) {
      assertThat(tracker.acknowledge(epoch.offset(number))).isFalse();
    }
    assertThat(tracker.unacknowledged()).isEqualTo(2);
  }

  @Test
  void isFullWhenTheWindowStandsBehindOneEvent() {
    AcknowledgementTracker tracker = tracker(START, 3);
    emit(tracker, 42, 43, 44);
    assertThat(tracker.isFull()).isTrue();
    acknowledge(tracker, 43, 44);
    assertThat(tracker.isFull()).isTrue();
    assertThat(tracker.unacknowledged()).isEqualTo(1);

    acknowledge(tracker, 42);

    assertThat(tracker.isFull()).isFalse();
  }

  @Test
  void metadataOfTheAcknowledgementAreStored() {
    AcknowledgementTracker tracker = tracker(START, 10);
    emit(tracker, 42, 43);
    tracker.acknowledge(epoch.offset(43).withMetadata(Map.of("trace", "t43")));
    acknowledge(tracker, 42);

    assertThat(tracker.acknowledged().metadata()).isEqualTo(Map.of("trace", "t43"));
  }

  @Test
  void theLargestWindowFitsBesideTheCheckpointInItsWorstCase() {
    AcknowledgementTracker tracker = tracker(START, 100_000);
    long number = 42;
    while (!tracker.isFull()) {
      emit(tracker, number++);
    }
    for (long odd = 43; odd < number; odd += 2) {
      tracker.acknowledge(epoch.offset(odd));
    }

    AcknowledgedPosition stored = tracker.acknowledged();

    assertThat(number - 42).isEqualTo(UnorderedTracker.LARGEST_WINDOW);
    assertThat(stored.gapMap()).hasSizeBetween(4_900, UnorderedTracker.MAX_GAP_MAP_CHARACTERS);
    assertThat(emittedAfterRestart(stored, LongStream.range(42, number)))
        .hasSize(UnorderedTracker.LARGEST_WINDOW / 2);
  }

  @Test
  void metadataAndGapMapTogetherFitBesideTheCheckpoint() {
    Map<String, String> large = Map.of("large", "x".repeat(6_000));
    AcknowledgementTracker tracker = tracker(START, 30_000);
    emit(tracker, LongStream.range(42, 30_000).toArray());
    tracker.acknowledge(epoch.offset(42).withMetadata(large));
    for (long even = 44; even < 30_000; even += 2) {
      tracker.acknowledge(epoch.offset(even));
    }

    AcknowledgedPosition stored = tracker.acknowledged();

    assertThat(stored.metadata()).isEqualTo(large);
    assertThat(stored.gapMap()).hasSizeBetween(900, 1_200);
    // Events that did not fit are processed again, and none is lost.
    assertThat(emittedAfterRestart(stored, LongStream.range(42, 30_000)))
        .containsAll(LongStream.range(42, 30_000).filter(n -> n % 2 == 1).boxed().toList());
  }

  @Test
  void aDamagedOrForeignGapMapIsIgnored() {
    AcknowledgementTracker tracker = tracker(START, 10);
    emit(tracker, 42, 43);
    acknowledge(tracker, 43);
    AcknowledgedPosition stored = tracker.acknowledged();
    String map = stored.gapMap();
    List<AcknowledgedPosition> foreign =
        List.of(
            new AcknowledgedPosition(40, stored.offset(), Map.of(), map),
            new AcknowledgedPosition(41, "another offset", Map.of(), map),
            new AcknowledgedPosition(41, stored.offset(), Map.of(), map.substring(1)),
            new AcknowledgedPosition(41, stored.offset(), Map.of(), map + "0"),
            new AcknowledgedPosition(41, stored.offset(), Map.of(), map.replace('.', ':')),
            new AcknowledgedPosition(41, stored.offset(), Map.of(), "written by somebody else"),
            new AcknowledgedPosition(41, stored.offset(), Map.of(), ".."));

    assertThat(emittedAfterRestart(stored, LongStream.of(42, 43))).containsExactly(42L);
    for (AcknowledgedPosition position : foreign) {
      assertThat(emittedAfterRestart(position, LongStream.of(42, 43)))
          .as(position.toString())
          .containsExactly(42L, 43L);
    }
  }

  @Test
  void theAgeIsThatOfAnUnacknowledgedEvent() {
    AcknowledgementTracker tracker = tracker(START, 10);
    assertThat(tracker.oldestUnacknowledgedAge(99_000)).isEqualTo(Duration.ZERO);
    emit(tracker, 42, 43);
    acknowledge(tracker, 43);
    assertThat(tracker.oldestUnacknowledgedAge(50_000)).isEqualTo(Duration.ofNanos(8_000));
    acknowledge(tracker, 42);

    assertThat(tracker.oldestUnacknowledgedAge(50_000)).isEqualTo(Duration.ZERO);
  }

  @Test
  void anEventCannotBeEmittedTwice() {
    AcknowledgementTracker tracker = tracker(START, 10);
    emit(tracker, 42);

    assertThatThrownBy(() -> emit(tracker, 42))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("event 42 cannot be emitted after event 42");
  }

  @Test
  void acknowledgementsFromManyThreadsAllCount() throws Exception {
    int events = 20_000;
    int threads = 4;
    AcknowledgementTracker tracker = tracker(START, events);
    List<CommittableOffset> emitted = Collections.synchronizedList(new ArrayList<>());
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CountDownLatch started = new CountDownLatch(threads);
    try {
      List<Future<?>> acknowledging = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        int offsetOfThread = t;
        acknowledging.add(
            executor.submit(
                () -> {
                  started.countDown();
                  for (int i = offsetOfThread; i < events; i += threads) {
                    while (emitted.size() <= i) {
                      Thread.onSpinWait();
                    }
                    tracker.acknowledge(emitted.get(i));
                  }
                }));
      }
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
      for (int i = 0; i < events; i++) {
        CommittableOffset offset = epoch.offset(42 + i);
        tracker.emitting(offset, i);
        emitted.add(offset);
      }
      for (Future<?> thread : acknowledging) {
        thread.get(30, TimeUnit.SECONDS);
      }
    } finally {
      executor.shutdownNow();
    }

    assertThat(tracker.unacknowledged()).isZero();
    assertThat(tracker.acknowledgedSequenceNumber()).isEqualTo(41 + events);
    assertThat(tracker.isFull()).isFalse();
  }

  /**
   * Each step emits with a distance of its value, or acknowledges one of the emitted events. In the
   * end the partition is read again from the stored position.
   */
  @Property(tries = 300)
  void agreesWithASetOfTheEmittedNumbers(
      @ForAll @Size(max = 300) List<@IntRange(min = -500, max = 250) Integer> steps) {
    int window = 70;
    AcknowledgementTracker tested = tracker(START, window);
    List<Long> emitted = new ArrayList<>();
    TreeSet<Long> open = new TreeSet<>();
    for (int step : steps) {
      if (step > 0) {
        // Mostly without a hole, sometimes with one, rarely with a large one.
        long distance = step < 200 ? 1 : step < 245 ? step - 198 : 100_000;
        long next = (emitted.isEmpty() ? 41 : emitted.get(emitted.size() - 1)) + distance;
        tested.emitting(epoch.offset(next), 0);
        emitted.add(next);
        open.add(next);
      } else if (!emitted.isEmpty()) {
        Long number = emitted.get(-step % emitted.size());
        assertThat(tested.acknowledge(epoch.offset(number))).isEqualTo(open.remove(number));
      }
      long contiguous =
          emitted.stream()
              .takeWhile(number -> !open.contains(number))
              .reduce(41L, (ignored, number) -> number);
      assertThat(tested.acknowledgedSequenceNumber()).isEqualTo(contiguous);
      assertThat(tested.unacknowledged()).isEqualTo(open.size());
      assertThat(tested.room())
          .isEqualTo(window - emitted.stream().filter(number -> number > contiguous).count());
    }

    AcknowledgedPosition stored = tested.acknowledged();

    assertThat(emittedAfterRestart(stored, emitted.stream().mapToLong(number -> number)))
        .containsExactlyElementsOf(open);
  }

  /** Crashes and restarts again and again: nothing finished and stored is emitted, nothing lost. */
  @Property(tries = 100)
  void manyRestartsLoseNothingAndRepeatNothingThatWasStored(@ForAll long seed) {
    Random random = new Random(seed);
    int last = 41 + 200;
    TreeSet<Long> everFinished = new TreeSet<>();
    AcknowledgedPosition stored = START;
    while (stored.sequenceNumber() < last) {
      TreeSet<Long> finishedWhenStored = new TreeSet<>(everFinished);
      AcknowledgementTracker tracker = tracker(stored, 50);
      List<Long> open = new ArrayList<>();
      for (long number = stored.sequenceNumber() + 1; number <= last; number++) {
        if (tracker.isFull()) {
          break;
        }
        boolean emit = tracker.emitting(epoch.offset(number), 0);
        assertThat(emit).isEqualTo(!finishedWhenStored.contains(number));
        if (emit) {
          open.add(number);
        }
        if (!open.isEmpty() && random.nextInt(3) == 0) {
          Long done = open.remove(random.nextInt(open.size()));
          tracker.acknowledge(epoch.offset(done));
          everFinished.add(done);
        }
        if (random.nextInt(20) == 0) {
          break;
        }
      }
      if (!open.isEmpty()) {
        tracker.acknowledge(epoch.offset(open.get(0)));
        everFinished.add(open.get(0));
      }
      stored = tracker.acknowledged();
      long position = stored.sequenceNumber();
      assertThat(LongStream.rangeClosed(42, position)).allMatch(everFinished::contains);
    }
    assertThat(everFinished).hasSize(200);
  }
}
