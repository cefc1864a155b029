// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.produce.RouteBatches.Batch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever is added, sent and finished in whatever order, the rules of batching hold. */
class RouteBatchesPropertyTest {

  private static final long MAX_BYTES = 50;
  private static final long MAX_WAIT = 5;

  private static final List<Destination> ROUTES =
      List.of(
          Destination.keysOf("0"),
          Destination.keysOf("1"),
          Destination.partition("0"),
          Destination.any());

  /** An event for a route; then time passes, and one of the batches in flight may be finished. */
  record Step(int route, long bytes, long elapsed, int finished) {}

  @Provide
  Arbitrary<List<Step>> steps() {
    return Combinators.combine(
            Arbitraries.integers().between(0, ROUTES.size() - 1),
            Arbitraries.longs().between(1, 70),
            Arbitraries.longs().between(0, 4),
            Arbitraries.integers().between(-1, 5))
        .as(Step::new)
        .list()
        .ofMaxSize(120);
  }

  @Property(tries = 500)
  void everyEventIsSentOnceInTheOrderOfItsRouteAndWithinTheBounds(
      @ForAll("steps") List<Step> steps,
      @ForAll @IntRange(min = 1, max = 5) int maxEvents,
      @ForAll @IntRange(min = 1, max = 4) int parallelism) {
    Run run = new Run(maxEvents, parallelism);
    for (Step step : steps) {
      run.add(ROUTES.get(step.route()), step.bytes());
      run.now += step.elapsed();
      run.sendDue(false);
      run.finish(step.finished());
      run.sendDue(false);
    }
    run.sendDue(true);
    while (!run.inFlight.isEmpty()) {
      run.finish(0);
      run.sendDue(true);
    }
    assertThat(run.batches.isEmpty()).isTrue();
    assertThat(run.sent).isEqualTo(run.added);
  }

  private static final class Run {

    private final int maxEvents;
    private final int parallelism;
    private final RouteBatches<Event, Destination> batches;
    private final List<Batch<Event, Destination>> inFlight = new ArrayList<>();
    private final Map<Destination, List<Event>> added = new HashMap<>();
    private final Map<Destination, List<Event>> sent = new HashMap<>();
    private long now = Long.MAX_VALUE - 20;
    private int count;

    private Run(int maxEvents, int parallelism) {
      this.maxEvents = maxEvents;
      this.parallelism = parallelism;
      this.batches =
          new RouteBatches<>(maxEvents, MAX_BYTES, MAX_WAIT, parallelism, route -> route);
    }

    private void add(Destination destination, long bytes) {
      Event event = new Event(count++, bytes, now);
      batches.add(destination, event, bytes, () -> now);
      added.computeIfAbsent(destination, any -> new ArrayList<>()).add(event);
    }

    private void sendDue(boolean flush) {
      for (Optional<Batch<Event, Destination>> next = batches.next(now, flush);
          next.isPresent();
          next = batches.next(now, flush)) {
        taken(next.get(), flush);
      }
      if (inFlight.size() < parallelism) {
        assertThat(batches.nextDue().stream().allMatch(due -> due - now > 0)).isTrue();
        assertNothingOverdueIsLeft();
      }
    }

    private void taken(Batch<Event, Destination> batch, boolean flush) {
      List<Event> events = batch.events();
      long bytes = events.stream().mapToLong(Event::bytes).sum();
      assertThat(events).isNotEmpty().hasSizeLessThanOrEqualTo(maxEvents);
      assertThat(bytes).isEqualTo(batch.bytes());
      assertThat(bytes <= MAX_BYTES || events.size() == 1).isTrue();
      if (batch.destination().ordered()) {
        assertThat(inFlight).noneMatch(other -> other.destination().equals(batch.destination()));
      }
      boolean waited = now - events.get(0).time() >= MAX_WAIT;
      boolean full = events.size() == maxEvents || bytes >= MAX_BYTES;
      if (!flush && !waited && !full) {
        // Then the next event did not fit in, and was added before this batch was taken.
        List<Event> all = added.getOrDefault(batch.destination(), List.of());
        int next = all.indexOf(events.get(events.size() - 1)) + 1;
        assertThat(all).hasSizeGreaterThan(next);
        assertThat(bytes + all.get(next).bytes()).isGreaterThan(MAX_BYTES);
      }
      inFlight.add(batch);
      sent.computeIfAbsent(batch.destination(), any -> new ArrayList<>()).addAll(events);
      assertThat(inFlight).hasSizeLessThanOrEqualTo(parallelism);
    }

    /** With a slot free, a route that is free has sent every event that has waited long enough. */
    private void assertNothingOverdueIsLeft() {
      for (Map.Entry<Destination, List<Event>> route : added.entrySet()) {
        boolean busy =
            route.getKey().ordered()
                && inFlight.stream().anyMatch(batch -> batch.destination().equals(route.getKey()));
        int done = sent.getOrDefault(route.getKey(), List.of()).size();
        if (!busy && done < route.getValue().size()) {
          assertThat(now - route.getValue().get(done).time()).isLessThan(MAX_WAIT);
        }
      }
    }

    private void finish(int index) {
      if (index >= 0 && index < inFlight.size()) {
        batches.finished(inFlight.remove(index));
      }
    }
  }

  private record Event(int number, long bytes, long time) {}
}
