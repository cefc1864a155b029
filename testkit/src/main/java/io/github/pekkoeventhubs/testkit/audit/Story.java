// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit.audit;

import io.github.pekkoeventhubs.testkit.audit.Journal.Entry;
import io.github.pekkoeventhubs.testkit.audit.Journal.Kind;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells what happened, one line for each step. */
final class Story {

  private static final int MOST_LINES = 28;

  private final List<String> lines = new ArrayList<>();
  private @Nullable Entry first;
  private @Nullable Entry last;

  private Story() {}

  /** The lines about one partition, and about what happened to all. */
  static List<String> of(Outcome outcome, Judge.Conviction conviction) {
    Story story = new Story();
    for (Entry entry : withoutDetours(told(outcome, conviction.event().partition()))) {
      story.add(entry);
    }
    story.flush();
    outcome
        .failure()
        .ifPresent(failure -> story.lines.add("the last failure of the stream was: " + failure));
    story.lines.add(conviction.sentence());
    return shortened(story.lines);
  }

  private static List<Entry> told(Outcome outcome, int partition) {
    List<Entry> told = new ArrayList<>();
    long stored = -1;
    for (Entry entry : outcome.entries()) {
      if (entry.kind() == Kind.TOLD) {
        told.add(entry);
      } else if (entry.event().partition() == partition) {
        // A claim writes the checkpoint as it is.
        if (entry.kind() != Kind.STORED || entry.event().number() != stored) {
          told.add(entry);
        }
        stored = entry.kind() == Kind.STORED ? entry.event().number() : stored;
      }
    }
    return told;
  }

  /** Work that is done as soon as it has begun is one step. */
  private static List<Entry> withoutDetours(List<Entry> entries) {
    List<Entry> result = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      Entry entry = entries.get(i);
      boolean isDoneAtOnce =
          entry.kind() == Kind.BEGUN
              && i + 1 < entries.size()
              && entries.get(i + 1).kind() == Kind.PROCESSED
              && entries.get(i + 1).event().equals(entry.event())
              && entries.get(i + 1).part().equals(entry.part());
      if (isDoneAtOnce) {
        i++;
        result.add(
            new Entry(entry.time(), Kind.WORKED, entry.node(), entry.event(), entry.part(), ""));
      } else {
        result.add(entry);
      }
    }
    return result;
  }

  private static List<String> shortened(List<String> lines) {
    if (lines.size() <= MOST_LINES) {
      return lines;
    }
    int half = MOST_LINES / 2;
    List<String> result = new ArrayList<>(lines.subList(0, half));
    result.add("… (%d steps are left out)".formatted(lines.size() - MOST_LINES));
    result.addAll(lines.subList(lines.size() - half, lines.size()));
    return result;
  }

  private void add(Entry entry) {
    if (entry.kind() == Kind.TOLD) {
      flush();
      lines.add(entry.text());
      return;
    }
    Entry before = last;
    if (before == null || !follows(before, entry)) {
      flush();
      first = entry;
    }
    last = entry;
  }

  /** Whether one line can tell both. */
  private static boolean follows(Entry before, Entry entry) {
    return before.kind() == entry.kind()
        && before.node() == entry.node()
        && before.part().equals(entry.part())
        && (entry.kind() == Kind.STORED || entry.event().number() == before.event().number() + 1);
  }

  private void flush() {
    Entry begin = first;
    Entry end = last;
    first = null;
    last = null;
    if (begin == null || end == null) {
      return;
    }
    String events =
        begin.event().equals(end.event())
            ? "event " + begin.event()
            : "events %s to %s".formatted(begin.event(), end.event());
    if (!begin.part().isEmpty()) {
      events = "output '%s' of %s".formatted(begin.part(), events);
    }
    lines.add(
        switch (begin.kind()) {
          case BEGUN -> "node %d begins the work on %s".formatted(begin.node(), events);
          case WORKED -> "node %d processes %s".formatted(begin.node(), events);
          case HELD -> "the work on %s takes long".formatted(events);
          case FAILED -> "the work on %s fails".formatted(events);
          case PROCESSED -> "the work on %s is done".formatted(events);
          case STORED ->
              "checkpoint %d of partition %d is stored"
                  .formatted(end.event().number(), end.event().partition());
          case TOLD -> begin.text();
        });
  }
}
