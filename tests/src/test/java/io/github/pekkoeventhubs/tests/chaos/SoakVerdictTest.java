// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.tests.nodes.Resources;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Leaks that are planted into samples as healthy nodes give them. */
class SoakVerdictTest {

  private static final Duration WARM_UP = Duration.ofMinutes(15);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration INTERVAL = Duration.ofSeconds(10);

  /** What a leak has left behind by a time. */
  private interface Leak {
    long by(long seconds);
  }

  /** One for every fifth fault, as if something of each visit of a guest stayed. */
  private static final Leak ONE_A_MINUTE = seconds -> seconds / 60;

  @Test
  void healthyNodesAreAcquittedWhateverFaultsRaiseForAWhile() {
    for (int seed = 0; seed < 20; seed++) {
      assertThat(verdict(HealthySamples.of(seed)).violations()).as("seed %d", seed).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = HeldResource.class,
      names = {"THREADS", "OPEN_FILES", "SOCKETS", "CONNECTIONS", "SERIES"})
  void oneOfAKindThatIsLeftBehindEachMinuteIsNoticed(HeldResource leaking) {
    for (int seed = 0; seed < 20; seed++) {
      List<SoakSample> samples = HealthySamples.of(seed).with(leaking, ONE_A_MINUTE);

      assertThat(verdict(samples).violations())
          .as("seed %d", seed)
          .singleElement()
          .asString()
          .startsWith("node-1: " + leaking.words() + " have grown by 4");
    }
  }

  @Test
  void fiveKilobytesOfHeapASecondAreNoticedInAnHour() {
    for (int seed = 0; seed < 20; seed++) {
      List<SoakSample> samples =
          HealthySamples.of(seed).with(HeldResource.HEAP, seconds -> 5_000 * seconds);

      assertThat(verdict(samples).violations())
          .as("seed %d", seed)
          .singleElement()
          .asString()
          .startsWith("node-1: bytes of heap have grown by 1");
    }
  }

  @Test
  void aLeakOfOneNodeIsNoticedBesideAHealthyOne() {
    assertThat(
            new SoakVerdict(
                    Map.of(
                        "node-1", HealthySamples.of(1).samples(),
                        "node-2", HealthySamples.of(2).with(HeldResource.THREADS, ONE_A_MINUTE)),
                    Map.of())
                .violations())
        .singleElement()
        .asString()
        .startsWith("node-2: threads");
  }

  @Test
  void aCacheThatFillsOnceIsNoLeak() {
    List<SoakSample> samples =
        HealthySamples.of(1).with(HeldResource.HEAP, seconds -> seconds > 1_800 ? 2_000_000 : 0);

    assertThat(verdict(samples).violations()).isEmpty();
  }

  @Test
  void aPartitionThatStandsStillForLongerThanTheBoundIsNoticed() {
    Map<String, Duration> pauses =
        Map.of("0", SoakVerdict.STALL_BOUND, "1", SoakVerdict.STALL_BOUND.plusMillis(1));

    assertThat(new SoakVerdict(Map.of(), pauses).violations())
        .containsExactly("nothing of partition 1 was processed for PT30.001S");
    assertThat(new SoakVerdict(Map.of(), pauses).longestPause()).isEqualTo(pauses.get("1"));
  }

  private static SoakVerdict verdict(HealthySamples samples) {
    return verdict(samples.samples());
  }

  private static SoakVerdict verdict(List<SoakSample> samples) {
    return new SoakVerdict(Map.of("node-1", samples), Map.of());
  }

  /** Every tenth second of 45 minutes, with the noise of collections, pools and faults. */
  private record HealthySamples(List<SoakSample> samples) {

    static HealthySamples of(int seed) {
      Random random = new Random(seed);
      List<SoakSample> samples = new ArrayList<>();
      for (Duration at = WARM_UP; at.compareTo(HOUR) < 0; at = at.plus(INTERVAL)) {
        boolean fault = random.nextInt(3) == 0;
        long more = fault ? random.nextInt(15) : random.nextInt(3);
        samples.add(
            new SoakSample(
                at,
                new Resources(
                    30_000_000 + random.nextInt(3_000_000) + (fault ? 4_000_000 : 0),
                    180_000_000,
                    60 + more,
                    120 + more,
                    20 + more,
                    200,
                    30 + (fault ? 25 : 0)),
                4 + more / 3));
      }
      return new HealthySamples(samples);
    }

    List<SoakSample> with(HeldResource leaking, Leak leak) {
      return samples.stream().map(planted(leaking, leak)).toList();
    }

    private static UnaryOperator<SoakSample> planted(HeldResource leaking, Leak leak) {
      return sample -> {
        long left = leak.by(sample.at().toSeconds());
        Resources held = sample.resources();
        return new SoakSample(
            sample.at(),
            new Resources(
                held.heapBytes() + (leaking == HeldResource.HEAP ? left : 0),
                held.residentBytes(),
                held.threads() + (leaking == HeldResource.THREADS ? left : 0),
                held.openFiles() + (leaking == HeldResource.OPEN_FILES ? left : 0),
                held.sockets() + (leaking == HeldResource.SOCKETS ? left : 0),
                held.series(),
                held.seriesOfOthers() + (leaking == HeldResource.SERIES ? left : 0)),
            sample.connections() + (leaking == HeldResource.CONNECTIONS ? left : 0));
      };
    }
  }
}
