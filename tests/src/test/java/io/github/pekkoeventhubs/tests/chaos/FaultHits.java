// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** How often the ordered faults have hit something, by kind. Thread-safe. */
final class FaultHits {

  private record Ordered(String kind, LongSupplier hits) {}

  private final List<Ordered> ordered = new ArrayList<>();

  /** A fault was ordered; its hits are read later. */
  synchronized void ordered(Enum<?> kind, LongSupplier hits) {
    ordered.add(new Ordered(kind.name(), hits));
  }

  /** A fault has hit once. */
  void hit(Enum<?> kind) {
    ordered(kind, () -> 1);
  }

  synchronized long total() {
    return ordered.stream().mapToLong(fault -> fault.hits().getAsLong()).sum();
  }

  /** How often faults of this kind have hit something. */
  synchronized long of(Enum<?> kind) {
    return ordered.stream()
        .filter(fault -> fault.kind().equals(kind.name()))
        .mapToLong(fault -> fault.hits().getAsLong())
        .sum();
  }

  /** The kinds of which at least one has hit something. */
  synchronized Set<String> kinds() {
    return ordered.stream()
        .filter(fault -> fault.hits().getAsLong() > 0)
        .map(Ordered::kind)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** By kind, those that have hit nothing too. */
  @Override
  public synchronized String toString() {
    Map<String, Long> byKind =
        ordered.stream()
            .collect(
                Collectors.groupingBy(
                    Ordered::kind,
                    TreeMap::new,
                    Collectors.summingLong(fault -> fault.hits().getAsLong())));
    return byKind.entrySet().stream()
        .map(entry -> entry.getKey() + " " + entry.getValue())
        .collect(Collectors.joining(", "));
  }
}
