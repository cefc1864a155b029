// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.statistics;

import java.util.Arrays;
import java.util.Collection;

/**
 * Measured values of one quantity, at least one. Described by their median, since single values are
 * far off whenever the machine does something else for a moment. Immutable.
 */
public final class Sample {

  private static final double TAIL = 0.025;

  private final double[] sorted;

  private Sample(double[] values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a sample needs at least one value");
    }
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("a sample cannot contain " + value);
      }
    }
    this.sorted = values.clone();
    Arrays.sort(sorted);
  }

  /**
   * @throws IllegalArgumentException if there is no value, or one is not finite
   */
  public static Sample of(double... values) {
    return new Sample(values);
  }

  /**
   * @throws IllegalArgumentException if there is no value, or one is not finite
   */
  public static Sample of(Collection<Double> values) {
    return new Sample(values.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /**
   * The ratios of values that were measured next to each other, so that a slow moment of the
   * machine is in both.
   *
   * @throws IllegalArgumentException if there are not as many of the one as of the other
   */
  public static Sample ofRatios(double[] numerators, double[] denominators) {
    if (numerators.length != denominators.length) {
      throw new IllegalArgumentException(
          numerators.length + " values cannot be paired with " + denominators.length);
    }
    double[] ratios = new double[numerators.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = numerators[i] / denominators[i];
    }
    return new Sample(ratios);
  }

  /** How many values there are. */
  public int size() {
    return sorted.length;
  }

  /** The value in the middle, or halfway between the two that are. */
  public double median() {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** The smallest value that is not below this share of all of them, from 0 to 1. */
  public double quantile(double share) {
    if (!(share >= 0 && share <= 1)) {
      throw new IllegalArgumentException("a share is from 0 to 1, not " + share);
    }
    int rank = (int) Math.ceil(share * sorted.length);
    return sorted[Math.max(0, rank - 1)];
  }

  /**
   * The interval that holds the true median with a probability of at least 95 %, whatever the
   * distribution: its bounds are two of the sorted values. With fewer than six values no such
   * interval exists, and this is their whole range.
   */
  public Interval medianInterval() {
    int excluded = excludedAtEachEnd(sorted.length);
    return new Interval(sorted[excluded], sorted[sorted.length - 1 - excluded]);
  }

  /**
   * The largest number of values that may be left out at each end: at most so many of the values
   * lie on one side of the median with a probability of no more than {@link #TAIL}. How many do is
   * distributed binomially, with one half.
   */
  private static int excludedAtEachEnd(int size) {
    int excluded = 0;
    double probability = Math.pow(0.5, size);
    double cumulated = probability;
    while (true) {
      probability *= (double) (size - excluded) / (excluded + 1);
      cumulated += probability;
      if (cumulated > TAIL) {
        return excluded;
      }
      excluded++;
    }
  }
}
