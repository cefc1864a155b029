// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.acknowledgement;

import java.util.Arrays;

/**
 * Sequence numbers as ascending ranges that do not touch: a list to append to, and to consume from
 * its lower end.
 */
final class SequenceRanges {

  /** First and last number of each range in turn. */
  private long[] bounds = new long[8];

  private int from;
  private int to;

  /** Adds a range above all those present; one that touches the last one extends it. */
  void append(long first, long last) {
    if (from < to && bounds[to - 1] + 1 == first) {
      bounds[to - 1] = last;
      return;
    }
    if (to == bounds.length) {
      bounds = Arrays.copyOf(bounds, bounds.length * 2);
    }
    bounds[to++] = first;
    bounds[to++] = last;
  }

  /** Adds every range of {@code others}, all of which lie above those present. */
  void appendAll(SequenceRanges others) {
    for (int i = others.from; i < others.to; i += 2) {
      append(others.bounds[i], others.bounds[i + 1]);
    }
  }

  /** Removes everything up to {@code sequenceNumber}; returns whether that number was in here. */
  boolean removeUpTo(long sequenceNumber) {
    while (from < to && bounds[from + 1] < sequenceNumber) {
      from += 2;
    }
    if (from == to || bounds[from] > sequenceNumber) {
      return false;
    }
    if (bounds[from + 1] == sequenceNumber) {
      from += 2;
    } else {
      bounds[from] = sequenceNumber + 1;
    }
    return true;
  }

  boolean isEmpty() {
    return from == to;
  }

  int size() {
    return (to - from) / 2;
  }

  long first(int range) {
    return bounds[from + 2 * range];
  }

  long last(int range) {
    return bounds[from + 2 * range + 1];
  }
}
