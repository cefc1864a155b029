// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import io.github.pekkoeventhubs.benchmarks.statistics.Interval;
import io.github.pekkoeventhubs.benchmarks.statistics.Sample;
import java.util.Set;

/**
 * One measured value.
 *
 * @param name words with dots between them, from the general to the special
 * @param value the median where there were several measurements
 * @param interval the interval that holds the median with 95 %; the value itself if there was one
 *     measurement
 * @param measurements how many there were
 * @param unit such as {@code events/s}; {@code ratio} where there is none
 */
public record Figure(
    String name, double value, Interval interval, int measurements, String unit, Goal goal) {

  private static final double FAR_FACTOR = 4;

  /**
   * A machine that is busy or slow makes every time longer, which says nothing of the code: on one
   * that was three times slower than another, a hand-over took 2.8 instead of 0.7 s. Ratios and
   * counts hardly depend on the machine. A hand-over that waits for a claim to expire is still far
   * off.
   */
  private static final double FAR_FACTOR_OF_TIMES = 20;

  private static final Set<String> UNITS_OF_TIME = Set.of("s", "ms", "us", "ns");

  /** The median of several measurements. */
  public static Figure of(String name, Sample sample, String unit, Goal goal) {
    return new Figure(name, sample.median(), sample.medianInterval(), sample.size(), unit, goal);
  }

  /** One measurement. */
  public static Figure of(String name, double value, String unit, Goal goal) {
    return new Figure(name, value, new Interval(value, value), 1, unit, goal);
  }

  /** Something counted. */
  public static Figure count(String name, long count, String unit, Goal goal) {
    return of(name, (double) count, unit, goal);
  }

  /** One value compared with another by pairs of measurements that were made in turn. */
  public static Figure ratio(String name, double[] ours, double[] theirs, Goal goal) {
    return of(name, Sample.ofRatios(ours, theirs), "ratio", goal);
  }

  public boolean reachesGoal() {
    return goal.isReachedBy(value);
  }

  public boolean isFarOff() {
    return goal.isFarFrom(
        interval, UNITS_OF_TIME.contains(unit) ? FAR_FACTOR_OF_TIMES : FAR_FACTOR);
  }
}
