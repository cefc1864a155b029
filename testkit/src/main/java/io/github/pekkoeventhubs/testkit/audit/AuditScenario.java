// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/**
 * A treatment of a stream: a pure function of its values. Immutable.
 *
 * @param kind what happens
 * @param seed decides how long the work on each event takes, and when what happens happens
 * @param partitions of the event hub
 * @param events in each partition that has any
 * @param idle a partition without events; -1 for none
 * @param chosen the events that are held or that fail
 */
record AuditScenario(
    Kind kind, long seed, int partitions, int events, int idle, Set<EventKey> chosen) {

  private static final int MOST_FAILURES = 2;
  private static final int ALONE = 8;

  /** The kinds of treatment. */
  enum Kind {
    CALM("nothing happens"),
    HELD_WORK("the work on some events takes long, then the node is killed"),
    FAILING_WORK("the work on some events fails once"),
    RESTART("the node is restarted gracefully"),
    HAND_OVER("a second node joins, then the first one leaves"),
    TROUBLED_SERVICES("links end, connections drop, and the store is slow and refuses"),
    KILL("nodes are killed in the middle, with a slow store");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }

    /** Whether events may be processed again: somebody has failed. */
    boolean mayRepeat() {
      return this == HELD_WORK || this == FAILING_WORK || this == KILL;
    }

    private boolean choosesEvents() {
      return this == HELD_WORK || this == FAILING_WORK;
    }
  }

  /** Keeps the events in order. */
  AuditScenario {
    chosen = Set.copyOf(chosen);
  }

  /** One of each kind, each with what the seed decides. */
  static List<AuditScenario> drawn(long seed, int partitions, int events) {
    Random random = new Random(seed);
    List<AuditScenario> scenarios = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      long own = random.nextLong();
      // The first scenario shows which events the stream processes at all, so that it has them all.
      int idle =
          kind != Kind.CALM && partitions > 2 && random.nextBoolean()
              ? random.nextInt(partitions)
              : -1;
      scenarios.add(of(kind, own, partitions, events, idle));
      if (kind == Kind.HELD_WORK) {
        // Alone, no other partition's event keeps the later ones back.
        scenarios.add(of(kind, own, 1, Math.min(events, ALONE), -1));
      }
    }
    return scenarios;
  }

  static AuditScenario of(Kind kind, long seed, int partitions, int events, int idle) {
    Set<EventKey> chosen = new TreeSet<>();
    if (kind.choosesEvents()) {
      Random random = new Random(seed);
      for (int partition = 0; partition < partitions; partition++) {
        // Failures one after the other would make a restart with backoff wait long.
        if (partition != idle && (kind == Kind.HELD_WORK || chosen.size() < MOST_FAILURES)) {
          // The last event of a partition shows least: no later one passes it.
          chosen.add(new EventKey(partition, random.nextInt(Math.max(1, events / 2))));
        }
      }
    }
    return new AuditScenario(kind, seed, partitions, events, idle, chosen);
  }

  /** The same with fewer events. */
  AuditScenario smaller(int newPartitions, int newEvents) {
    return of(kind, seed, newPartitions, newEvents, -1);
  }

  /** How long the work on an event takes, in milliseconds. */
  int workMillis(EventKey event) {
    int longest =
        switch (kind) {
          case CALM, HELD_WORK, FAILING_WORK -> 0;
          case TROUBLED_SERVICES -> 10;
          case RESTART, HAND_OVER, KILL -> 25;
        };
    return longest == 0 ? 0 : random(event).nextInt(longest);
  }

  private Random random(EventKey event) {
    return new Random(seed ^ (event.partition() * 1_000_003L + event.number() * 7_919L));
  }

  /** The number of events of a partition. */
  int eventsOf(int partition) {
    return partition == idle ? 0 : events;
  }

  /** The number of all events. */
  int allEvents() {
    return (idle < 0 ? partitions : partitions - 1) * events;
  }

  @Override
  public String toString() {
    return "%s; %d partition%s, %d event%s"
        .formatted(
            kind.words(),
            partitions,
            partitions == 1 ? "" : "s",
            allEvents(),
            allEvents() == 1 ? "" : "s");
  }
}
