// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import io.github.pekkoeventhubs.TrackedEvent;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The events that need no acknowledgement and follow one that does. They are numbered in the order
 * of their emission, without holes. Events in a row take one entry together, so that a long
 * filtered run takes no memory. For one thread at a time.
 */
final class SkippedEvents {

  /** Events in a row; the last of them is the position once all earlier ones are acknowledged. */
  private record Stretch(long first, long last, TrackedEvent lastEvent) {

    long length() {
      return last - first + 1;
    }
  }

  private final TreeMap<Long, Stretch> stretches = new TreeMap<>();
  private long count;

  /** How many there are. */
  long count() {
    return count;
  }

  /** Adds the event with this number; adding one twice changes nothing. */
  void add(long number, TrackedEvent event) {
    Map.Entry<Long, Stretch> before = stretches.floorEntry(number);
    if (before != null && before.getValue().last() >= number) {
      return;
    }
    count++;
    Stretch added = new Stretch(number, number, event);
    if (before != null && before.getValue().last() + 1 == number) {
      added = new Stretch(before.getKey(), number, event);
    }
    Stretch after = stretches.remove(number + 1);
    if (after != null) {
      added = new Stretch(added.first(), after.last(), after.lastEvent());
    }
    stretches.put(added.first(), added);
  }

  /**
   * All events up to this number are acknowledged. Forgets those among them that were skipped.
   *
   * @return the last of the skipped events that follow in a row, which are forgotten too; null if
   *     the next event was not skipped
   */
  @Nullable TrackedEvent takeAfter(long acknowledged) {
    Map.Entry<Long, Stretch> first;
    while ((first = stretches.firstEntry()) != null && first.getKey() <= acknowledged + 1) {
      stretches.remove(first.getKey());
      count -= first.getValue().length();
      if (first.getValue().last() > acknowledged) {
        return first.getValue().lastEvent();
      }
    }
    return null;
  }
}
