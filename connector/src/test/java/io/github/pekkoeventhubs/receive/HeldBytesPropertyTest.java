// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * The bytes that a partition holds, in the SDK and before the stream, whatever the order of sizes
 * and whatever the pace of the stream: no more than {@code max-buffered-bytes}, one event, and what
 * the connection brings in the time in which nobody looks.
 */
class HeldBytesPropertyTest {

  private static final int LARGEST = 1 << 20;
  private static final long BYTES_PER_MILLI = 20_000;

  /** Two periods of the rule, and two looks. */
  private static final long UNSEEN_MILLIS =
      2 * SlowStreamRule.PERIOD.toMillis() + 2 * SlowStreamRule.LOOK_INTERVAL.toMillis();

  /** Events of one size. */
  private record Stretch(int events, int bytes) {}

  /** A time in which the stream takes so many events at once, and again after a while. */
  private record Pace(int millis, int eventsAtOnce, int everyMillis) {}

  @Provide
  Arbitrary<List<Stretch>> stretches() {
    return Combinators.combine(
            Arbitraries.of(1, 10, 200, 2_000, 7_000),
            Arbitraries.of(1, 100, 2_000, 30_000, 300_000, LARGEST))
        .as(Stretch::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(8);
  }

  @Provide
  Arbitrary<List<Pace>> paces() {
    return Combinators.combine(
            Arbitraries.of(50, 400, 1_500),
            Arbitraries.of(0, 1, 1, 30, 5_000),
            Arbitraries.of(1, 10, 100, 300))
        .as(Pace::new)
        .list()
        .ofMinSize(1)
        .ofMaxSize(6);
  }

  private static HeldBytesFixture partition(List<Stretch> stretches) {
    List<Integer> sizes = new ArrayList<>();
    for (Stretch stretch : stretches) {
      // What the test itself allocates is bounded, too.
      int events = Math.min(stretch.events(), 200_000_000 / stretch.bytes());
      for (int i = 0; i < events; i++) {
        sizes.add(stretch.bytes());
      }
    }
    return new HeldBytesFixture(sizes.size(), sizes::get, BYTES_PER_MILLI);
  }

  @Property(tries = 150)
  void noOrderOfSizesAndNoPaceExceedTheBoundByMoreThanArrivesUnseen(
      @ForAll("stretches") List<Stretch> stretches, @ForAll("paces") List<Pace> paces) {
    HeldBytesFixture partition = partition(stretches);
    for (Pace pace : paces) {
      partition.run(pace.millis(), pace.eventsAtOnce(), pace.everyMillis());
    }
    assertThat(partition.mostHeld())
        .isLessThanOrEqualTo(HeldBytesFixture.BOUND + LARGEST + UNSEEN_MILLIS * BYTES_PER_MILLI);

    long before = -1;
    while (before < partition.emitted()) {
      before = partition.emitted();
      partition.run(5_000, 5_000, 1);
    }
    assertThat(partition.emitted()).as("nothing hangs").isEqualTo(partition.events());
  }

  private static void assertHolds(HeldBytesFixture partition, long unseenMillis, long rate) {
    assertThat(partition.mostHeld())
        .isLessThanOrEqualTo(HeldBytesFixture.BOUND + LARGEST + unseenMillis * rate);
  }

  @Example
  void smallEventsAndThenLargeOnesUnderAStreamThatHasAlwaysBeenSlow() {
    long rate = 100_000;
    HeldBytesFixture partition =
        new HeldBytesFixture(700, number -> number < 200 ? 1 : 300_000, rate);

    partition.run(10_000, 1, 100);

    assertHolds(partition, SlowStreamRule.LOOK_INTERVAL.toMillis(), rate);
  }

  @Example
  void moreSmallEventsThanMayWaitAndThenLargeOnesUnderASlowStream() {
    HeldBytesFixture partition =
        new HeldBytesFixture(7_500, number -> number < 7_000 ? 1 : 300_000, 100_000);

    partition.run(2_000, 1, 100);
    partition.run(10_000, 1, 1);

    assertHolds(partition, 0, 0);
  }

  @Example
  void aStreamThatStopsWhenEventsTurnLarge() {
    HeldBytesFixture partition =
        new HeldBytesFixture(30_000, number -> number < 29_000 ? 100 : LARGEST, BYTES_PER_MILLI);

    partition.run(100, 200, 1);
    partition.run(5_000, 0, 1);

    assertHolds(partition, UNSEEN_MILLIS, BYTES_PER_MILLI);
  }

  @Example
  void aFastStreamOfSmallEventsKeepsItsWideLink() {
    HeldBytesFixture partition = new HeldBytesFixture(500_000, number -> 100, 1 << 20);

    partition.run(5_000, 100, 1);

    assertThat(partition.emitted()).isGreaterThan(490_000);
    assertThat(partition.links()).containsExactly(2_000);
  }

  @Example
  void aStreamThatTakesManyEventsAtOnceKeepsItsWideLinkThroughItsPauses() {
    HeldBytesFixture partition = new HeldBytesFixture(200_000, number -> 100, 1 << 20);

    partition.run(10_000, 5_000, 300);

    assertThat(partition.emitted()).isGreaterThan(160_000);
    assertThat(partition.links()).containsExactly(2_000);
  }

  @Example
  void aStreamOfMiddlingPaceGetsOneLinkThatFitsItAndKeepsIt() {
    HeldBytesFixture partition = new HeldBytesFixture(60_000, number -> 100, 1 << 20);

    partition.run(20_000, 1, 1);

    assertThat(partition.emitted()).isGreaterThanOrEqualTo(19_900);
    assertThat(partition.links()).containsExactly(2_000, 256);
  }

  @Example
  void aStreamThatHasBecomeFastGetsAWideLinkAgain() {
    HeldBytesFixture partition = new HeldBytesFixture(500_000, number -> 100, 1 << 20);
    partition.run(3_000, 1, 100);
    assertThat(partition.links()).last().isEqualTo(4);

    partition.run(5_000, 90, 1);

    assertThat(partition.links()).hasSize(3).last().isEqualTo(2_000);
    assertThat(partition.emitted()).isGreaterThan(440_000);
  }

  @Example
  void noTimerRunsWhileAStoppedStreamHasANarrowLink() {
    HeldBytesFixture partition = new HeldBytesFixture(60_000, number -> 100, 1 << 20);

    partition.run(3_000, 0, 1);

    assertThat(partition.links()).last().isEqualTo(2);
    assertThat(partition.timers()).isZero();
  }

  @Example
  void noTimerRunsWhileTheStreamWaitsForEvents() {
    HeldBytesFixture partition = new HeldBytesFixture(100, number -> 100, 1 << 20);

    partition.run(1_000, 1, 1);
    partition.run(100, 1, 1);

    assertThat(partition.timers()).isZero();
  }
}
