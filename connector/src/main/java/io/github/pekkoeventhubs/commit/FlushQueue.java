// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.commit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Bounds how many partitions flush at once. A partition that is due starts if a place is free, and
 * waits for one otherwise; a partition that is being drained waits ahead of the others. Used by one
 * thread at a time.
 */
final class FlushQueue {

  private final int places;
  private final Consumer<PartitionCommits> start;
  private final Deque<PartitionCommits> waiting = new ArrayDeque<>();
  private int inFlight;

  /**
   * @param places how many flushes may be under way
   * @param start starts the flush of a partition
   */
  FlushQueue(int places, Consumer<PartitionCommits> start) {
    this.places = places;
    this.start = start;
  }

  /** Starts the flush of this partition, now or when a place is free. */
  void add(PartitionCommits commits) {
    if (inFlight < places) {
      begin(commits);
    } else if (commits.isDraining()) {
      waiting.addFirst(commits);
    } else {
      waiting.addLast(commits);
    }
  }

  boolean isWaiting(PartitionCommits commits) {
    return waiting.contains(commits);
  }

  /** A partition that is being drained now waits ahead of the others, if it waits. */
  void moveAhead(PartitionCommits commits) {
    if (waiting.remove(commits)) {
      waiting.addFirst(commits);
    }
  }

  void remove(PartitionCommits commits) {
    waiting.remove(commits);
  }

  /** A flush has ended, and its place is free; {@link #startWaiting} is to follow. */
  void ended() {
    inFlight--;
  }

  /** Starts as many of the waiting partitions as places are free. */
  void startWaiting() {
    while (inFlight < places && !waiting.isEmpty()) {
      begin(waiting.removeFirst());
    }
  }

  private void begin(PartitionCommits commits) {
    inFlight++;
    start.accept(commits);
  }

  /** Whether no flush is under way and none waits. */
  boolean isEmpty() {
    return inFlight == 0 && waiting.isEmpty();
  }
}
