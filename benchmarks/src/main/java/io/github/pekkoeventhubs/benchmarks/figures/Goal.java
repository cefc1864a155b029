// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.benchmarks.figures;

import io.github.pekkoeventhubs.benchmarks.statistics.Interval;
import java.util.Locale;

/**
 * A bound that a figure has to reach. A goal counts as reached when the figure's median reaches it,
 * as wide as its interval may be.
 */
public sealed interface Goal {

  /** Begins the text of a lower bound. */
  String AT_LEAST = "≥ ";

  /** Begins the text of an upper bound. */
  String AT_MOST = "≤ ";

  /** Whether it is reached. */
  boolean isReachedBy(double median);

  /**
   * Whether the figure misses the goal by so much that a fault is likelier than a busy machine.
   *
   * @param factor how many times an upper bound may be exceeded; a lower one may be missed by half
   */
  boolean isFarFrom(Interval interval, double factor);

  /** As it stands in a table; empty if there is none. */
  String text();

  /** At least this much. */
  static Goal atLeast(double value) {
    return new AtLeast(value);
  }

  /** At most this much. */
  static Goal atMost(double value) {
    return new AtMost(value);
  }

  /** Only to be reported. */
  static Goal none() {
    return new None();
  }

  /**
   * The goal that has this text.
   *
   * @throws IllegalArgumentException if none has
   */
  static Goal parse(String text) {
    if (text.isEmpty()) {
      return none();
    }
    if (text.startsWith(AT_LEAST)) {
      return atLeast(Double.parseDouble(text.substring(AT_LEAST.length())));
    }
    if (text.startsWith(AT_MOST)) {
      return atMost(Double.parseDouble(text.substring(AT_MOST.length())));
    }
    throw new IllegalArgumentException("'" + text + "' is no goal");
  }

  /** See {@link Goal#atLeast}. */
  record AtLeast(double value) implements Goal {
    @Override
    public boolean isReachedBy(double median) {
      return median >= value;
    }

    @Override
    public boolean isFarFrom(Interval interval, double factor) {
      return interval.high() < value / 2;
    }

    @Override
    public String text() {
      return AT_LEAST + number(value);
    }
  }

  /** See {@link Goal#atMost}. */
  record AtMost(double value) implements Goal {
    @Override
    public boolean isReachedBy(double median) {
      return median <= value;
    }

    @Override
    public boolean isFarFrom(Interval interval, double factor) {
      return interval.low() > value * factor;
    }

    @Override
    public String text() {
      return AT_MOST + number(value);
    }
  }

  /** See {@link Goal#none}. */
  record None() implements Goal {
    @Override
    public boolean isReachedBy(double median) {
      return true;
    }

    @Override
    public boolean isFarFrom(Interval interval, double factor) {
      return false;
    }

    @Override
    public String text() {
      return "";
    }
  }

  private static String number(double value) {
    return value == Math.rint(value)
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.2f", value);
  }
}
