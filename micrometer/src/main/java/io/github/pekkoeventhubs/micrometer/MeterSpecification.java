// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.DurationDistribution;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One meter of a kind of thing, such as a partition.
 *
 * @param name in Micrometer's form, which each registry makes its own of
 * @param unit the base unit; null where the number has none, or the convention names none
 * @param tags those beside the tags of the thing
 * @param value the number of a gauge or a counter, not a number where it is not known; how often a
 *     timer has measured
 * @param times those that a timer has measured; null for the others
 * @param <T> what it is measured of
 */
record MeterSpecification<T>(
    String name,
    Kind kind,
    @Nullable String unit,
    Tags tags,
    String description,
    ToDoubleFunction<T> value,
    @Nullable Function<T, DurationDistribution> times) {

  static final String SECONDS = "seconds";

  /** The kinds of meters, as Micrometer calls them. */
  enum Kind {
    /** A number at one moment. */
    GAUGE,
    /** A number that only grows. */
    COUNTER,
    /** How often and how long, in buckets: numbers that only grow. */
    TIMER
  }

  static <T> MeterSpecification<T> gauge(
      String name, @Nullable String unit, String description, ToDoubleFunction<T> value) {
    return new MeterSpecification<>(name, Kind.GAUGE, unit, Tags.empty(), description, value, null);
  }

  static <T> MeterSpecification<T> counter(
      String name, @Nullable String unit, String description, ToDoubleFunction<T> value) {
    return new MeterSpecification<>(
        name, Kind.COUNTER, unit, Tags.empty(), description, value, null);
  }

  static <T> MeterSpecification<T> timer(
      String name, String description, Function<T, DurationDistribution> times) {
    return new MeterSpecification<>(
        name,
        Kind.TIMER,
        SECONDS,
        Tags.empty(),
        description,
        view -> times.apply(view).count(),
        times);
  }

  /** The same with these tags. */
  MeterSpecification<T> tagged(String... keysAndValues) {
    return new MeterSpecification<>(
        name, kind, unit, tags.and(keysAndValues), description, value, times);
  }

  /** A number that may not be known. */
  static double known(OptionalLong number) {
    return number.isPresent() ? number.getAsLong() : Double.NaN;
  }

  static double seconds(Duration time) {
    return time.toNanos() / 1e9;
  }

  /** A constant as the value of a tag. */
  static String word(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** The age of something; zero where there is nothing. */
  static double age(Optional<Duration> age) {
    return age.map(MeterSpecification::seconds).orElse(0.0);
  }

  /** The larger of two values, of which either may be missing. */
  static <V extends Comparable<V>> Optional<V> largest(Optional<V> one, Optional<V> other) {
    return Stream.concat(one.stream(), other.stream()).max(Comparator.naturalOrder());
  }
}
