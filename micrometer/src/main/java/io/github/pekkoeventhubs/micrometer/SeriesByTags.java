// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BinaryOperator;

/**
 * The series of all things of one kind, by their tags: a thing that comes gets its meters, and one
 * that has gone leaves none. For one thread at a time; the meters may be read on any.
 *
 * @param <T> the things, as one stream sees them
 */
final class SeriesByTags<T> {

  private final List<MeterSpecification<T>> specifications;
  private final BinaryOperator<T> together;
  private final Runnable beforeReading;
  private final Map<Tags, Series<T>> series = new ConcurrentHashMap<>();
  private Map<Tags, Map<String, T>> views = Map.of();

  SeriesByTags(
      List<MeterSpecification<T>> specifications,
      BinaryOperator<T> together,
      Runnable beforeReading) {
    this.specifications = specifications;
    this.together = together;
    this.beforeReading = beforeReading;
  }

  /**
   * Takes in what is there now.
   *
   * @param newViews by the tags of the thing and the id of the stream that shows it
   */
  void update(Map<Tags, Map<String, T>> newViews) {
    views = newViews;
    series.forEach((tags, each) -> each.update(newViews.getOrDefault(tags, Map.of())));
  }

  /** Registers the meters of things that have come, and removes those of things that have gone. */
  void registerIn(MeterRegistry registry) {
    for (Tags tags : Set.copyOf(series.keySet())) {
      if (!views.containsKey(tags)) {
        removeFrom(registry, tags);
      }
    }
    views.forEach(
        (tags, byStream) -> {
          if (!series.containsKey(tags)) {
            Series<T> added = new Series<>(specifications, together, beforeReading);
            added.update(new HashMap<>(byStream));
            series.put(tags, added);
            added.registerIn(registry, tags);
          }
        });
  }

  private void removeFrom(MeterRegistry registry, Tags tags) {
    Series<T> gone = series.remove(tags);
    if (gone != null) {
      gone.removeFrom(registry);
    }
  }

  /** Removes all. */
  void removeAllFrom(MeterRegistry registry) {
    Set.copyOf(series.keySet()).forEach(tags -> removeFrom(registry, tags));
  }
}
