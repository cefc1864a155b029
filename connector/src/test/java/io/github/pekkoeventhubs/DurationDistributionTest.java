// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.pekkoeventhubs.DurationDistribution.Bucket;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DurationDistributionTest {

  private final DurationRecorder recorder = new DurationRecorder();

  private void took(Duration time) {
    recorder.took(time.toNanos());
  }

  private Bucket bucketOf(Duration bound) {
    return recorder.distribution().buckets().stream()
        .filter(bucket -> bucket.upTo().equals(Optional.of(bound)))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aTimeIsCountedInTheFirstBucketThatHoldsIt() {
    took(Duration.ofMillis(5));
    took(Duration.ofMillis(5).plusNanos(1));
    took(Duration.ofMillis(10));

    assertThat(bucketOf(Duration.ofMillis(5)).count()).isEqualTo(1);
    assertThat(bucketOf(Duration.ofMillis(10)).count()).isEqualTo(2);
    assertThat(bucketOf(Duration.ofMillis(10)).total())
        .isEqualTo(Duration.ofMillis(15).plusNanos(1));
    assertThat(recorder.distribution().count()).isEqualTo(3);
  }

  @Test
  void whatTakesLongerThanAllBoundsIsInTheLastBucket() {
    took(Duration.ofHours(1));

    Bucket last = recorder.distribution().buckets().get(DurationDistribution.BOUNDS.size());
    assertThat(last).isEqualTo(new Bucket(Optional.empty(), 1, Duration.ofHours(1)));
    assertThat(recorder.distribution().total()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void aClockThatGoesBackTakesNoTime() {
    took(Duration.ofSeconds(-1));

    assertThat(recorder.distribution().count()).isEqualTo(1);
    assertThat(recorder.distribution().total()).isZero();
  }

  @Test
  void aDistributionWithOtherBucketsIsRefused() {
    assertThatThrownBy(() -> new DurationDistribution(List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("14 buckets");
  }

  @Test
  void twoTogetherHaveTheSumsOfTheirBuckets() {
    took(Duration.ofMillis(7));
    DurationDistribution one = recorder.distribution();
    took(Duration.ofSeconds(3));
    DurationDistribution both = recorder.distribution();

    assertThat(one.plus(DurationDistribution.NONE)).isEqualTo(one);
    assertThat(DurationDistribution.NONE.plus(one)).isEqualTo(one);
    assertThat(one.plus(both).count()).isEqualTo(3);
    assertThat(one.plus(both).total()).isEqualTo(Duration.ofMillis(3014));
  }
}
