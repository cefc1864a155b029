// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The course of one run of a scenario, in the order in which it did. Thread-safe. */
final class Journal {

  /** The kinds of entries. */
  enum Kind {
    BEGUN,
    HELD,
    FAILED,
    PROCESSED,
    /** Begun and processed, for stories. */
    WORKED,
    STORED,
    TOLD
  }

  /**
   * One entry.
   *
   * @param node counts the starts of nodes, from 1
   * @param event the event; for a checkpoint the last event that it covers
   * @param part names one of several outputs of an event; empty for the event itself
   * @param text the line of a story, where it is no event's
   */
  record Entry(Instant time, Kind kind, int node, EventKey event, String part, String text) {}

  private static final EventKey NONE = new EventKey(-1, -1);

  // Both guarded by this.
  private final List<Entry> entries = new ArrayList<>();
  private final Set<EventKey> processed = new TreeSet<>();

  synchronized void add(Kind kind, int node, EventKey event, String part) {
    entries.add(new Entry(Instant.now(), kind, node, event, part, ""));
    if (kind == Kind.PROCESSED) {
      processed.add(event);
    }
  }

  synchronized void tell(int node, String text) {
    entries.add(new Entry(Instant.now(), Kind.TOLD, node, NONE, "", text));
  }

  synchronized List<Entry> entries() {
    return List.copyOf(entries);
  }

  /** An event of the stream has arrived in the event hub that it sends to; once counts. */
  synchronized void output(EventKey event) {
    if (processed.add(event)) {
      entries.add(new Entry(Instant.now(), Kind.PROCESSED, 0, event, "", ""));
    }
  }

  /** Whether the work on another output of this event has begun. */
  synchronized boolean hasBegunOther(EventKey event, String part) {
    return entries.stream()
        .anyMatch(
            entry ->
                entry.kind() == Kind.BEGUN
                    && entry.event().equals(event)
                    && !entry.part().equals(part));
  }

  /** Grows with everything that happens. */
  synchronized int size() {
    return entries.size();
  }

  synchronized Set<EventKey> processed() {
    return Set.copyOf(processed);
  }
}
