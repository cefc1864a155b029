// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.DurationDistribution;
import io.github.pekkoeventhubs.micrometer.MeterSpecification.Kind;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one thing, which several streams of the process may have something to do with at a
 * time. A gauge shows what they come to together. A counter adds up what each of them has counted
 * since the look before, so that it does not go back when one of them ends, and a timer is told
 * their times. Thread-safe.
 *
 * @param <T> the thing, as one stream sees it
 */
final class Series<T> {

  private final List<MeterSpecification<T>> specifications;
  private final BinaryOperator<T> together;
  private final Runnable beforeReading;

  /**
   * By the index of the specification; null for those that the registry has not taken. For the
   * thread that registers and removes.
   */
  private final @Nullable Meter[] meters;

  /** By the index of the specification; null for those that are no timers. */
  private final @Nullable TimesOfStreams[] times;

  // All below is guarded by this.
  private final double[] totals;
  private @Nullable T current;

  /**
   * @param together makes one view of those of two streams
   * @param beforeReading brings this up to date if that is due
   */
  Series(
      List<MeterSpecification<T>> specifications,
      BinaryOperator<T> together,
      Runnable beforeReading) {
    this.specifications = specifications;
    this.together = together;
    this.beforeReading = beforeReading;
    this.totals = new double[specifications.size()];
    this.meters = new Meter[specifications.size()];
    this.times = new TimesOfStreams[specifications.size()];
    for (int i = 0; i < times.length; i++) {
      times[i] = specifications.get(i).kind() == Kind.TIMER ? new TimesOfStreams() : null;
    }
  }

  /**
   * Takes in what the streams show.
   *
   * @param views what they show now, by their ids; none if the thing is gone
   * @param before what they showed when they were counted last, those included that do not show it
   *     now
   */
  synchronized void update(Map<String, T> views, Map<String, T> before) {
    current = views.values().stream().reduce(together).orElse(null);
    views.forEach(
        (stream, view) -> {
          T counted = before.get(stream);
          double[] then = counted == null ? new double[totals.length] : counts(counted);
          double[] now = counts(view);
          for (int i = 0; i < totals.length; i++) {
            totals[i] += Math.max(0, now[i] - then[i]);
          }
        });
    for (int i = 0; i < times.length; i++) {
      TimesOfStreams timesOfOne = times[i];
      Function<T, DurationDistribution> measured = specifications.get(i).times();
      if (timesOfOne != null && measured != null) {
        timesOfOne.update(views, before, measured);
      }
    }
  }

  private double[] counts(T view) {
    double[] counts = new double[totals.length];
    for (int i = 0; i < specifications.size(); i++) {
      MeterSpecification<T> specification = specifications.get(i);
      if (specification.kind() == Kind.COUNTER) {
        counts[i] = specification.value().applyAsDouble(view);
      }
    }
    return counts;
  }

  private double gauge(MeterSpecification<T> specification) {
    beforeReading.run();
    T view;
    synchronized (this) {
      view = current;
    }
    return view == null ? Double.NaN : specification.value().applyAsDouble(view);
  }

  private double total(int index) {
    beforeReading.run();
    synchronized (this) {
      return totals[index];
    }
  }

  /**
   * Registers the meters that the registry does not have yet, with the tags of the thing.
   *
   * @throws RuntimeException if the registry refuses one; it has been asked for the others, too
   */
  void registerIn(MeterRegistry registry, Tags tags) {
    Attempts attempts = new Attempts();
    for (int i = 0; i < meters.length; i++) {
      int index = i;
      if (meters[index] == null) {
        attempts.attempt(
            () -> meters[index] = register(registry, specifications.get(index), tags, index));
      }
    }
    attempts.end();
  }

  private Meter register(
      MeterRegistry registry, MeterSpecification<T> specification, Tags tags, int index) {
    Tags all = tags.and(specification.tags());
    return switch (specification.kind()) {
      case GAUGE ->
          MeterSpecification.SECONDS.equals(specification.unit())
              ? TimeGauge.builder(
                      specification.name(),
                      this,
                      TimeUnit.SECONDS,
                      series -> series.gauge(specification))
                  .tags(all)
                  .description(specification.description())
                  .register(registry)
              : Gauge.builder(specification.name(), this, series -> series.gauge(specification))
                  .tags(all)
                  .baseUnit(specification.unit())
                  .description(specification.description())
                  .register(registry);
      case COUNTER ->
          FunctionCounter.builder(specification.name(), this, series -> series.total(index))
              .tags(all)
              .baseUnit(specification.unit())
              .description(specification.description())
              .register(registry);
      case TIMER ->
          Objects.requireNonNull(times[index])
              .feed(
                  Timer.builder(specification.name())
                      .serviceLevelObjectives(DurationDistribution.BOUNDS.toArray(new Duration[0]))
                      .tags(all)
                      .description(specification.description())
                      .register(registry));
    };
  }

  /**
   * Removes what {@link #registerIn} has registered.
   *
   * @throws RuntimeException if the registry does not remove one; the others are removed
   */
  void removeFrom(MeterRegistry registry) {
    Attempts attempts = new Attempts();
    for (int i = 0; i < meters.length; i++) {
      int index = i;
      Meter meter = meters[index];
      if (meter != null) {
        attempts.attempt(
            () -> {
              registry.remove(meter);
              meters[index] = null;
            });
      }
    }
    attempts.end();
  }
}
