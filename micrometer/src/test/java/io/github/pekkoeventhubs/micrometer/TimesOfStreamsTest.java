// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.pekkoeventhubs.DurationDistribution;
import io.github.pekkoeventhubs.DurationRecorder;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.distribution.CountAtBucket;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A timer that is told buckets shows what one would that was told each time. */
class TimesOfStreamsTest {

  private final Timer timer =
      Timer.builder("times")
          .serviceLevelObjectives(DurationDistribution.BOUNDS.toArray(new Duration[0]))
          .register(new SimpleMeterRegistry());
  private final TimesOfStreams times = new TimesOfStreams();
  private final DurationRecorder one = new DurationRecorder();
  private final DurationRecorder another = new DurationRecorder();

  private Map<String, DurationDistribution> before = Map.of();

  private void look() {
    look(Map.of("one", one.distribution(), "another", another.distribution()));
  }

  private void look(Map<String, DurationDistribution> now) {
    times.update(now, before, Function.identity());
    before = now;
  }

  private static void took(DurationRecorder recorder, long... millis) {
    Arrays.stream(millis).forEach(each -> recorder.took(Duration.ofMillis(each).toNanos()));
  }

  private double upTo(int millis) {
    return Arrays.stream(timer.takeSnapshot().histogramCounts())
        .filter(bucket -> bucket.bucket(TimeUnit.MILLISECONDS) == millis)
        .mapToDouble(CountAtBucket::count)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void countSumAndBucketsAreThoseOfTheTimes() {
    took(one, 3, 5, 7, 101, 120, 70_000);
    took(another, 8);
    look();
    assertThat(timer.count()).as("it was not there yet").isZero();
    times.feed(timer);

    assertThat(timer.count()).isEqualTo(7);
    assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(70_244);
    assertThat(upTo(5)).isEqualTo(2);
    assertThat(upTo(10)).isEqualTo(4);
    assertThat(upTo(100)).isEqualTo(4);
    assertThat(upTo(250)).isEqualTo(6);
    assertThat(upTo(60_000)).isEqualTo(6);
  }

  @Test
  void eachTimeIsToldOnce() {
    times.feed(timer);
    took(one, 3);
    look();
    look();
    took(one, 4);
    look();

    assertThat(timer.count()).isEqualTo(2);
    assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(7);
  }

  @Test
  void aStreamThatEndsTakesNothingBack() {
    times.feed(timer);
    took(one, 3);
    look();
    look(Map.of("another", another.distribution()));

    assertThat(timer.count()).isEqualTo(1);
  }

  @Test
  void moreThanATimerTakesAtOnceIsToldAtTheNextLooks() {
    for (int i = 0; i < 150_000; i++) {
      one.took(1_000);
    }
    times.feed(timer);
    look();
    assertThat(timer.count()).isEqualTo(100_000);
    look();
    assertThat(timer.count()).isEqualTo(150_000);
    assertThat(timer.totalTime(TimeUnit.MILLISECONDS)).isEqualTo(150);
  }
}
