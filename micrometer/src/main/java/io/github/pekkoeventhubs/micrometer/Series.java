// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.github.pekkoeventhubs.micrometer.MeterSpecification.Kind;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The meters of one thing, which several streams of the process may have something to do with at a
 * time. A gauge shows what they come to together. A counter adds up what each of them has counted
 * since it was seen first, so that it does not go back when one of them ends. Thread-safe.
 *
 * @param <T> the thing, as one stream sees it
 */
final class Series<T> {

  private final List<MeterSpecification<T>> specifications;
  private final BinaryOperator<T> together;
  private final Runnable beforeReading;

  /** Those that this has made. For the thread that registers and removes. */
  private final List<Meter> meters = new ArrayList<>();

  // All below is guarded by this. The totals have two places for each specification: its value and
  // its count.
  private final double[] totals;
  private Map<String, double[]> lastSeen = new HashMap<>();
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
    this.totals = new double[2 * specifications.size()];
  }

  /** Takes in what the streams show now, by their ids; none if the thing is gone. */
  synchronized void update(Map<String, T> views) {
    current = views.values().stream().reduce(together).orElse(null);
    Map<String, double[]> seen = new HashMap<>();
    views.forEach(
        (stream, view) -> {
          double[] before = lastSeen.getOrDefault(stream, new double[totals.length]);
          double[] now = counts(view);
          for (int i = 0; i < totals.length; i++) {
            totals[i] += Math.max(0, now[i] - before[i]);
          }
          seen.put(stream, now);
        });
    lastSeen = seen;
  }

  private double[] counts(T view) {
    double[] counts = new double[totals.length];
    for (int i = 0; i < specifications.size(); i++) {
      MeterSpecification<T> specification = specifications.get(i);
      if (specification.kind() != Kind.GAUGE) {
        counts[2 * i] = specification.value().applyAsDouble(view);
      }
      if (specification.count() != null) {
        counts[2 * i + 1] = specification.count().applyAsDouble(view);
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

  /** Registers all meters, with the tags of the thing. */
  void registerIn(MeterRegistry registry, Tags tags) {
    for (int i = 0; i < specifications.size(); i++) {
      meters.add(register(registry, specifications.get(i), tags, 2 * i));
    }
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
          FunctionTimer.builder(
                  specification.name(),
                  this,
                  series -> (long) series.total(index + 1),
                  series -> series.total(index),
                  TimeUnit.SECONDS)
              .tags(all)
              .description(specification.description())
              .register(registry);
    };
  }

  /** Removes what {@link #registerIn} has registered. */
  void removeFrom(MeterRegistry registry) {
    meters.forEach(registry::remove);
    meters.clear();
  }
}
