// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.cli;

import com.azure.messaging.eventhubs.models.PartitionEvent;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Counts the events that a partition no longer had when they were to be read, and tells the user.
 * The first ones of a partition are told at once, and later ones together: an event hub with
 * compaction has many holes. Thread-safe.
 */
final class EventsThatWereGone {

  /** The time between two messages about a partition. */
  private static final Duration PAUSE = Duration.ofSeconds(30);

  /**
   * The events that are to be read of a partition, as it was when the command began.
   *
   * @param first the number of the first one; empty where it is not known
   * @param last the number of the last one; empty where it is not known, or there is none
   */
  record Expected(OptionalLong first, OptionalLong last) {}

  /**
   * Missed events of a partition.
   *
   * @param first the lowest number
   * @param last the highest number
   * @param events how many there are; others may lie between these two
   * @param atLeast whether there may have been others before the first one
   */
  private record Hole(long first, long last, long events, boolean atLeast) {

    private static Hole between(long first, long last) {
      return new Hole(first, last, last - first + 1, false);
    }

    private Hole with(Hole later) {
      return new Hole(first, later.last, events + later.events, atLeast || later.atLeast);
    }

    private String inWords() {
      if (atLeast) {
        return "event " + last + ", and perhaps earlier ones, when it was to be read";
      }
      return events == 1
          ? "event " + first + " when it was to be read"
          : events + " events (" + first + " to " + last + ") when they were to be read";
    }
  }

  private final Consumer<String> user;
  private final InstantSource clock;

  // All below is guarded by this.
  private final Map<String, Long> next = new HashMap<>();
  private final Map<String, Long> ends = new HashMap<>();
  private final Map<String, Hole> all = new TreeMap<>();
  private final Map<String, Hole> untold = new TreeMap<>();
  private final Map<String, Instant> toldAt = new HashMap<>();

  /** None so far. */
  EventsThatWereGone(Consumer<String> user, InstantSource clock) {
    this.user = user;
    this.clock = clock;
  }

  /** A partition is going to be read. */
  synchronized void begins(String partition, Expected expected) {
    expected.first().ifPresent(first -> next.put(partition, first));
    expected.last().ifPresent(last -> ends.put(partition, last));
  }

  /** An event was read. */
  synchronized void read(PartitionEvent event) {
    String partition = event.getPartitionContext().getPartitionId();
    long number = event.getData().getSequenceNumber();
    Long expected = next.put(partition, number + 1);
    if (expected != null && number > expected) {
      missed(partition, Hole.between(expected, number - 1));
    }
  }

  /** Everything was read that there was. */
  synchronized void ended() {
    ends.forEach(
        (partition, last) -> {
          Long expected = next.get(partition);
          if (expected == null) {
            missed(partition, new Hole(last, last, 1, true));
          } else if (last >= expected) {
            missed(partition, Hole.between(expected, last));
          }
        });
    ends.clear();
  }

  private void missed(String partition, Hole hole) {
    all.merge(partition, hole, Hole::with);
    untold.merge(partition, hole, Hole::with);
  }

  /** Tells what has not been told, of each partition once in a while. */
  void tell() {
    tell(PAUSE);
  }

  /** Tells the rest. */
  void tellAll() {
    tell(Duration.ZERO);
  }

  private void tell(Duration pause) {
    Instant now = clock.instant();
    Map<String, Hole> told = new TreeMap<>();
    synchronized (this) {
      untold.forEach(
          (partition, hole) -> {
            if (!now.isBefore(toldAt.getOrDefault(partition, Instant.MIN).plus(pause))) {
              told.put(partition, hole);
              toldAt.put(partition, now);
            }
          });
      untold.keySet().removeAll(told.keySet());
    }
    told.forEach(
        (partition, hole) ->
            user.accept(
                "partition "
                    + partition
                    + " no longer had "
                    + hole.inWords()
                    + ": most likely the retention has ended"));
  }

  /** The exit code of a command that has not failed. */
  synchronized int exitCode() {
    return all.isEmpty() ? ExitCode.OK : ExitCode.INCOMPLETE;
  }

  /** The words that follow the number of events that were sent; none if all were read. */
  synchronized String inWords() {
    if (all.isEmpty()) {
      return "";
    }
    long events = all.values().stream().mapToLong(Hole::events).sum();
    boolean atLeast = all.values().stream().anyMatch(Hole::atLeast);
    return ", missed " + events + (atLeast ? " or more" : "");
  }

  /** An object of JSON for each partition that has missed events. */
  synchronized List<Map<String, @Nullable Object>> objects() {
    List<Map<String, @Nullable Object>> objects = new ArrayList<>();
    all.forEach(
        (partition, hole) -> {
          Map<String, @Nullable Object> object = new LinkedHashMap<>();
          object.put("partition", partition);
          object.put("events", hole.events());
          object.put("first", hole.atLeast() ? null : hole.first());
          object.put("last", hole.last());
          objects.add(object);
        });
    return objects;
  }
}
