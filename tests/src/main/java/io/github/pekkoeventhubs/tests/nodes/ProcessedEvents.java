// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The events that the nodes have processed. Thread-safe. */
public final class ProcessedEvents {

  /**
   * One event processed once.
   *
   * @param at the time by the clock of the node, which is the machine's unless another is set
   */
  public record Processing(String node, String partition, long sequenceNumber, Instant at) {}

  private final Map<String, List<Processing>> all = new HashMap<>();
  private final List<Processing> repeated = new ArrayList<>();
  private final Map<String, Set<Long>> distinct = new HashMap<>();
  private final Map<String, Map<String, Long>> highest = new HashMap<>();

  synchronized void add(String node, String partition, long sequenceNumber, Instant at) {
    Processing processing = new Processing(node, partition, sequenceNumber, at);
    all.computeIfAbsent(partition, id -> new ArrayList<>()).add(processing);
    if (!distinct.computeIfAbsent(partition, id -> new HashSet<>()).add(sequenceNumber)) {
      repeated.add(processing);
    }
    highest
        .computeIfAbsent(node, id -> new HashMap<>())
        .merge(partition, sequenceNumber, Math::max);
  }

  /** Those of a partition that were not before a time. */
  public synchronized List<Processing> since(String partition, Instant time) {
    return all.getOrDefault(partition, List.of()).stream()
        .filter(event -> !event.at().isBefore(time))
        .toList();
  }

  /** The longest time within an interval in which no event of a partition was processed. */
  public synchronized Duration longestPause(String partition, Instant from, Instant to) {
    List<Instant> times =
        all.getOrDefault(partition, List.of()).stream()
            .map(Processing::at)
            .filter(at -> at.isAfter(from) && at.isBefore(to))
            .sorted()
            .collect(Collectors.toCollection(ArrayList::new));
    times.add(to);
    Duration longest = Duration.ZERO;
    Instant last = from;
    for (Instant time : times) {
      Duration pause = Duration.between(last, time);
      longest = pause.compareTo(longest) > 0 ? pause : longest;
      last = time;
    }
    return longest;
  }

  /**
   * How long partitions were not processed when they moved from a node: from the last event that
   * the node has processed to the first that another has, for each partition that has moved.
   */
  public synchronized List<Duration> pausesAfter(String node) {
    List<Duration> pauses = new ArrayList<>();
    for (List<Processing> events : all.values()) {
      events.stream()
          .filter(event -> event.node().equals(node))
          .map(Processing::at)
          .max(Instant::compareTo)
          .ifPresent(
              last ->
                  events.stream()
                      .filter(event -> !event.node().equals(node) && event.at().isAfter(last))
                      .map(event -> Duration.between(last, event.at()))
                      .min(Duration::compareTo)
                      .ifPresent(pauses::add));
    }
    return pauses;
  }

  /** Those of events that had been processed before. */
  public synchronized List<Processing> repeated() {
    return List.copyOf(repeated);
  }

  /** How often already processed events of a partition were processed again; never zero. */
  public synchronized Map<String, Long> repeatedByPartition() {
    return repeated.stream()
        .collect(Collectors.groupingBy(Processing::partition, TreeMap::new, Collectors.counting()));
  }

  /** The number of different events. */
  public synchronized long distinct() {
    return distinct.values().stream().mapToLong(Set::size).sum();
  }

  /** The highest sequence numbers that a node has processed, by partition. */
  public synchronized Map<String, Long> highest(String node) {
    return new TreeMap<>(highest.getOrDefault(node, Map.of()));
  }

  /** The sequence numbers below this bound that nobody has processed, by partition. */
  public synchronized Map<String, List<Long>> missing(Set<String> partitions, long bound) {
    Map<String, List<Long>> missing = new TreeMap<>();
    for (String partition : partitions) {
      Predicate<Long> known = distinct.getOrDefault(partition, Set.of())::contains;
      for (long number = 0; number < bound; number++) {
        if (!known.test(number)) {
          missing.computeIfAbsent(partition, id -> new ArrayList<>()).add(number);
        }
      }
    }
    return missing;
  }
}
