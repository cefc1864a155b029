// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampleTest {

  private static double[] numbersUpTo(int last) {
    return IntStream.rangeClosed(1, last).asDoubleStream().toArray();
  }

  @Test
  void theMedianIsTheMiddleValueWhateverTheOrder() {
    assertThat(Sample.of(9, 1, 5).median()).isEqualTo(5);
    assertThat(Sample.of(4, 1, 3, 2).median()).isEqualTo(2.5);
    assertThat(Sample.of(7).median()).isEqualTo(7);
  }

  /** From tables of the confidence interval of a median. */
  @ParameterizedTest
  @CsvSource({"1,1,1", "5,1,5", "6,1,6", "8,1,8", "9,2,8", "15,4,12", "20,6,15", "30,10,21"})
  void theIntervalLeavesOutAsManyValuesAtEachEndAsTheTablesSay(int size, double low, double high) {
    assertThat(Sample.of(numbersUpTo(size)).medianInterval()).isEqualTo(new Interval(low, high));
  }

  @Test
  void theIntervalContainsTheTrueMedianInAboutNineteenOfTwentyCases() {
    Random random = new Random(1);
    long hits =
        IntStream.range(0, 4000)
            .filter(
                i -> {
                  Interval interval =
                      Sample.of(DoubleStream.generate(random::nextGaussian).limit(15).toArray())
                          .medianInterval();
                  return interval.low() <= 0 && interval.high() >= 0;
                })
            .count();
    // 96.5 % by theory.
    assertThat(hits / 4000.0).isCloseTo(0.965, within(0.015));
  }

  @Test
  void ratiosAreOfValuesThatBelongTogether() {
    Sample ratios = Sample.ofRatios(new double[] {10, 40, 90}, new double[] {10, 20, 30});
    assertThat(ratios.median()).isEqualTo(2);
    assertThat(ratios.medianInterval()).isEqualTo(new Interval(1, 3));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sample.ofRatios(new double[] {1, 2}, new double[] {1}))
        .withMessageContaining("2 values cannot be paired with 1");
  }

  @Test
  void aQuantileIsTheSmallestValueThatIsNotBelowItsShare() {
    Sample sample = Sample.of(numbersUpTo(20));
    assertThat(sample.quantile(0)).isEqualTo(1);
    assertThat(sample.quantile(0.5)).isEqualTo(10);
    assertThat(sample.quantile(0.95)).isEqualTo(19);
    assertThat(sample.quantile(1)).isEqualTo(20);
    assertThatIllegalArgumentException().isThrownBy(() -> sample.quantile(1.1));
  }

  @Test
  void nothingAndWhatIsNoNumberAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(Sample::of);
    assertThatIllegalArgumentException().isThrownBy(() -> Sample.of(1, Double.NaN));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Sample.ofRatios(new double[] {1}, new double[] {0}));
    assertThatIllegalArgumentException().isThrownBy(() -> new Interval(2, 1));
  }
}
