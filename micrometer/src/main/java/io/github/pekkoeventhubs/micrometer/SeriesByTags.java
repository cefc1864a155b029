// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.micrometer;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The series of all things of one kind, by their tags: a thing that comes gets its meters, and one
 * that has gone leaves none. If a thing goes and comes back to a stream, the stream's counts of it
 * come back as well; each of them is counted once. Thread-safe, but one thread at a time registers
 * and removes.
 *
 * @param <T> the things, as one stream sees them
 */
final class SeriesByTags<T> {

  private final List<MeterSpecification<T>> specifications;
  private final BinaryOperator<T> together;
  private final Runnable beforeReading;
  private final MeterClaims claims;

  /** The claims are in its name. */
  private final Object claimant = new Object();

  // All below is guarded by this. A registry may read meters while it gets others, so that it is
  // never called meanwhile.
  private final Map<Tags, Series<T>> series = new HashMap<>();
  private Map<Tags, Map<String, T>> views = Map.of();

  /** The views that were counted last, by the ids of their streams, while these are listed. */
  private final Map<Tags, Map<String, T>> counted = new HashMap<>();

  SeriesByTags(
      List<MeterSpecification<T>> specifications,
      BinaryOperator<T> together,
      Runnable beforeReading,
      MeterClaims claims) {
    this.specifications = specifications;
    this.together = together;
    this.beforeReading = beforeReading;
    this.claims = claims;
  }

  /**
   * Takes in what is there now.
   *
   * @param newViews by the tags of the thing and the id of the stream that shows it
   * @param streams the ids of all streams that run, those included that show nothing now
   */
  synchronized void update(Map<Tags, Map<String, T>> newViews, Set<String> streams) {
    views = newViews;
    counted.values().forEach(byStream -> byStream.keySet().retainAll(streams));
    counted.values().removeIf(Map::isEmpty);
    series.forEach(this::count);
  }

  private void count(Tags tags, Series<T> each) {
    Map<String, T> now = views.getOrDefault(tags, Map.of());
    Map<String, T> before = counted.computeIfAbsent(tags, absent -> new HashMap<>());
    each.update(now, before);
    before.putAll(now);
  }

  /**
   * Registers the meters of things that have come, and removes those of things that have gone.
   *
   * @throws RuntimeException if the registry fails at one; the next call tries that one again
   */
  void registerIn(MeterRegistry registry) {
    Attempts attempts = new Attempts();
    things(false).forEach(tags -> attempts.attempt(() -> removeFrom(registry, tags)));
    for (Tags tags : things(true)) {
      if (claims.claim(kind(), tags, claimant)) {
        add(tags);
      }
    }
    shown().forEach((tags, each) -> attempts.attempt(() -> each.registerIn(registry, tags)));
    attempts.end();
  }

  /**
   * The things whose meters are to change.
   *
   * @param come whether those that have come without meters, or those that have gone and have some
   */
  private synchronized Set<Tags> things(boolean come) {
    Set<Tags> those = new HashSet<>(come ? views.keySet() : series.keySet());
    those.removeAll(come ? series.keySet() : views.keySet());
    return those;
  }

  private synchronized void add(Tags tags) {
    Series<T> added = new Series<>(specifications, together, beforeReading);
    count(tags, added);
    series.put(tags, added);
  }

  /** The series of things that are there. */
  private synchronized Map<Tags, Series<T>> shown() {
    Map<Tags, Series<T>> those = new HashMap<>(series);
    those.keySet().retainAll(views.keySet());
    return those;
  }

  private void removeFrom(MeterRegistry registry, Tags tags) {
    Series<T> gone = seriesOf(tags);
    if (gone != null) {
      gone.removeFrom(registry);
      forget(tags);
      claims.release(kind(), tags, claimant);
    }
  }

  private synchronized @Nullable Series<T> seriesOf(Tags tags) {
    return series.get(tags);
  }

  private synchronized void forget(Tags tags) {
    series.remove(tags);
  }

  private String kind() {
    return specifications.get(0).name();
  }

  /**
   * Removes all.
   *
   * @throws RuntimeException if the registry does not remove one; the others are removed
   */
  void removeAllFrom(MeterRegistry registry) {
    Attempts attempts = new Attempts();
    allTags().forEach(tags -> attempts.attempt(() -> removeFrom(registry, tags)));
    attempts.end();
  }

  private synchronized Set<Tags> allTags() {
    return Set.copyOf(series.keySet());
  }
}
