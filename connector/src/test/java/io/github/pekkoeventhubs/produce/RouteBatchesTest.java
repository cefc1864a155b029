// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.produce.RouteBatches.Batch;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RouteBatchesTest {

  private static final int MAX_EVENTS = 3;
  private static final long MAX_BYTES = 100;
  private static final long MAX_WAIT = 10;

  private static final Destination KEY = Destination.keysOf("0");
  private static final Destination OTHER_KEY = Destination.keysOf("1");
  private static final Destination ANY = Destination.any();

  private RouteBatches<String, Destination> batches = withParallelism(4);

  private static RouteBatches<String, Destination> withParallelism(int parallelism) {
    return new RouteBatches<>(MAX_EVENTS, MAX_BYTES, MAX_WAIT, parallelism, route -> route);
  }

  private void add(Destination destination, long now, String... events) {
    for (String event : events) {
      batches.add(destination, event, 10, () -> now);
    }
  }

  private List<List<String>> due(long now) {
    return drain(now, false);
  }

  private List<List<String>> drain(long now, boolean flush) {
    List<List<String>> taken = new ArrayList<>();
    for (Optional<Batch<String, Destination>> next = batches.next(now, flush);
        next.isPresent();
        next = batches.next(now, flush)) {
      taken.add(next.get().events());
    }
    return taken;
  }

  @Test
  void aBatchWaitsForItsTime() {
    add(KEY, 0, "a");
    add(KEY, 9, "b");

    assertThat(batches.nextDue()).hasValue(10);
    assertThat(due(9)).isEmpty();
    assertThat(due(10)).containsExactly(List.of("a", "b"));
    assertThat(batches.nextDue()).isEmpty();
  }

  @Test
  void aBatchOfEnoughEventsDoesNotWait() {
    add(KEY, 0, "a", "b", "c", "d");

    assertThat(due(0)).containsExactly(List.of("a", "b", "c"));
  }

  @Test
  void aBatchOfEnoughBytesDoesNotWait() {
    batches.add(KEY, "a", 60, () -> 0);
    batches.add(KEY, "b", 40, () -> 0);

    assertThat(due(0)).containsExactly(List.of("a", "b"));
  }

  @Test
  void anEventThatDoesNotFitInClosesTheBatchBeforeIt() {
    batches.add(KEY, "a", 60, () -> 0);
    batches.add(KEY, "b", 50, () -> 5);

    assertThat(due(5)).containsExactly(List.of("a"));
    assertThat(batches.nextDue()).hasValue(15);
  }

  @Test
  void anEventLargerThanABatchTravelsAlone() {
    batches.add(KEY, "a", 10, () -> 0);
    batches.add(KEY, "large", 500, () -> 0);
    batches.add(KEY, "b", 10, () -> 0);

    Batch<String, Destination> first = batches.next(0, false).orElseThrow();
    batches.finished(first);
    Batch<String, Destination> second = batches.next(0, false).orElseThrow();

    assertThat(first.events()).containsExactly("a");
    assertThat(second.events()).containsExactly("large");
    assertThat(second.bytes()).isEqualTo(500);
  }

  @Test
  void flushingMakesEveryBatchDue() {
    add(KEY, 0, "a");
    add(ANY, 0, "b");

    assertThat(drain(0, true)).containsExactly(List.of("a"), List.of("b"));
  }

  @Test
  void anOrderedRouteHasOneBatchInFlight() {
    add(KEY, 0, "a", "b", "c", "d", "e", "f");

    Batch<String, Destination> first = batches.next(0, false).orElseThrow();
    assertThat(due(100)).isEmpty();
    batches.finished(first);

    assertThat(due(100)).containsExactly(List.of("d", "e", "f"));
  }

  @Test
  void aBatchThatCannotBeSentYetTakesInFurtherEvents() {
    add(KEY, 0, "a");
    Batch<String, Destination> first = batches.next(10, false).orElseThrow();
    add(KEY, 10, "b");
    assertThat(due(30)).isEmpty();
    add(KEY, 31, "c");
    batches.finished(first);

    assertThat(due(31)).containsExactly(List.of("b", "c"));
  }

  @Test
  void roundRobinBatchesOverlap() {
    add(ANY, 0, "a", "b", "c", "d", "e", "f", "g");

    assertThat(due(0)).containsExactly(List.of("a", "b", "c"), List.of("d", "e", "f"));
    assertThat(due(10)).containsExactly(List.of("g"));
  }

  @Test
  void batchesInFlightAreBoundedOverAllRoutes() {
    batches = withParallelism(2);
    add(KEY, 0, "a");
    add(OTHER_KEY, 0, "b");
    add(ANY, 0, "c");
    Batch<String, Destination> first = batches.next(10, false).orElseThrow();
    assertThat(due(10)).containsExactly(List.of("b"));

    batches.finished(first);

    assertThat(due(10)).containsExactly(List.of("c"));
  }

  @Test
  void aBusyRouteDoesNotKeepTheOthersFromTheirTurn() {
    batches = withParallelism(1);
    add(ANY, 0, "a", "b", "c", "d", "e", "f");
    add(KEY, 0, "x", "y", "z");
    Batch<String, Destination> first = batches.next(0, false).orElseThrow();
    batches.finished(first);
    Batch<String, Destination> second = batches.next(0, false).orElseThrow();
    batches.finished(second);

    assertThat(second.destination()).isEqualTo(KEY);
    assertThat(due(0)).containsExactly(List.of("d", "e", "f"));
  }

  @Test
  void aRouteWithNothingLeftIsForgotten() {
    assertThat(batches.isEmpty()).isTrue();
    add(KEY, 0, "a");
    assertThat(batches.isEmpty()).isFalse();
    Batch<String, Destination> only = batches.next(10, false).orElseThrow();
    assertThat(batches.isEmpty()).isFalse();
    batches.finished(only);
    assertThat(batches.isEmpty()).isTrue();
  }

  @Test
  void theClockMayOverflow() {
    add(KEY, Long.MAX_VALUE - 2, "a");

    assertThat(due(Long.MAX_VALUE)).isEmpty();
    assertThat(due(Long.MIN_VALUE + 6)).isEmpty();
    assertThat(due(Long.MIN_VALUE + 7)).containsExactly(List.of("a"));
  }

  @Test
  void withoutWaitingABatchIsDueAtOnce() {
    batches = new RouteBatches<>(MAX_EVENTS, MAX_BYTES, 0, 1, route -> route);
    add(KEY, 0, "a");

    assertThat(due(0)).containsExactly(List.of("a"));
  }

  @Test
  void anEventThatDoesNotFitAfterAllOpensTheNextBatch() {
    batches.add(ANY, "a", 10, () -> 0);
    Batch<String, Destination> first = batches.add(ANY, "b", 20, () -> 0);

    Batch<String, Destination> second = batches.moveLast(first, 20, () -> 5);

    assertThat(batches.next(0, false)).containsSame(first);
    assertThat(first.events()).containsExactly("a");
    assertThat(first.bytes()).isEqualTo(10);
    assertThat(second.events()).containsExactly("b");
    assertThat(batches.nextDue()).hasValue(5 + MAX_WAIT);
  }
}
