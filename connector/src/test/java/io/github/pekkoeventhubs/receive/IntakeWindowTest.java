// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

class IntakeWindowTest {

  private SizeAverage sizes = new SizeAverage();

  private void arrive(IntakeWindow window, int bytes) {
    sizes.observe(bytes);
    window.arrived(bytes, sizes.expected());
  }

  private static final int MEBIBYTE = 1024 * 1024;

  @Example
  void beforeTheFirstEventTheLargestIsExpected() {
    assertThat(new IntakeWindow(1000, 8L * MEBIBYTE).events()).isEqualTo(8);
    assertThat(new IntakeWindow(5, 8L * MEBIBYTE).events()).isEqualTo(5);
  }

  @Example
  void smallEventsOpenTheWindowUpToTheNumberOfEvents() {
    IntakeWindow window = new IntakeWindow(1000, 8L * MEBIBYTE);

    arrive(window, 100);

    assertThat(window.events()).isEqualTo(1000);
  }

  @Example
  void aLargeEventNarrowsTheWindowAtOnceAndManySmallOnesWidenItSlowly() {
    IntakeWindow window = new IntakeWindow(1000, 1_000_000);
    arrive(window, 100);
    arrive(window, 100_000);
    assertThat(window.events()).isEqualTo(10);

    arrive(window, 100);
    assertThat(window.events()).isEqualTo(40);
    for (int i = 0; i < 1_000; i++) {
      arrive(window, 100);
    }
    assertThat(window.events()).isEqualTo(1000);
  }

  @Example
  void anEmptyEventCountsAsTheSmallest() {
    IntakeWindow window = new IntakeWindow(1000, 100);

    arrive(window, 0);

    assertThat(window.events()).isEqualTo(100);
  }

  @Example
  void whatWaitsCountsWithItsTrueSize() {
    IntakeWindow window = new IntakeWindow(1000, 1_000_000);
    arrive(window, 600_000);
    for (int i = 0; i < 1_000; i++) {
      window.emitted();
      arrive(window, 100);
    }
    assertThat(window.allowance()).as("of small ones").isEqualTo(1_001 + 999);

    arrive(window, 400_000);
    assertThat(window.allowance()).as("of large ones").isEqualTo(1_002 + 1);

    for (int i = 0; i < 1_000; i++) {
      window.emitted();
      arrive(window, 100);
    }
    assertThat(window.allowance()).as("of small ones, beside a large one").isEqualTo(2_002 + 998);
  }

  @Example
  void aWindowIsOverfullWhenAThirdMoreWaitsThanMay() {
    IntakeWindow window = new IntakeWindow(1000, 900_000);
    arrive(window, 1_000_000);
    assertThat(window.isOverfull()).isFalse();
    arrive(window, 200_001);
    assertThat(window.isOverfull()).isTrue();

    window.emitted();
    assertThat(window.isOverfull()).isFalse();
    arrive(window, 1_000_000);
    assertThat(window.isOverfull()).isTrue();
  }

  @Property
  void oneEventMayAlwaysWaitAndNeverMoreThanBothBoundsAllow(
      @ForAll @IntRange(min = 1, max = 10_000) int maxEvents,
      @ForAll @LongRange(min = 1, max = 1L << 40) long maxBytes,
      @ForAll @Size(min = 1, max = 50) List<@IntRange(max = MEBIBYTE) Integer> arrivals,
      @ForAll @Size(min = 1, max = 5) List<Boolean> emits) {
    IntakeWindow window = new IntakeWindow(maxEvents, maxBytes);
    sizes = new SizeAverage();
    Deque<Integer> waiting = new ArrayDeque<>();

    for (int i = 0; i < arrivals.size(); i++) {
      int bytes = arrivals.get(i);
      arrive(window, bytes);
      waiting.add(bytes);
      while (waiting.size() > 1 && (waiting.size() > maxEvents || emits.get(i % emits.size()))) {
        window.emitted();
        waiting.remove();
      }

      long held = waiting.stream().mapToLong(Integer::longValue).sum();
      long more = window.allowance() - window.receivedCount();
      assertThat(waiting.size() + more).isLessThanOrEqualTo(maxEvents);
      assertThat(more == 0 || held + more * bytes <= maxBytes).isTrue();
      assertThat(window.isOverfull()).isEqualTo(held > maxBytes + maxBytes / 3);
      assertThat(window.events()).isBetween(1, maxEvents);
    }
    waiting.forEach(event -> window.emitted());
    assertThat(window.isEmpty()).isTrue();
    assertThat(window.allowance()).isGreaterThan(window.receivedCount());
  }
}
