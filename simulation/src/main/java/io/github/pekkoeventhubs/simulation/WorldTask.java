// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

/** One piece of work of a process, to be done at a time or as soon as the seed likes. */
final class WorldTask implements Comparable<WorldTask> {

  final SimulatedProcess process;
  final long dueAt;
  final long number;
  final String kind;
  private final Runnable work;
  private boolean cancelled;
  private boolean done;

  WorldTask(SimulatedProcess process, long dueAt, long number, String kind, Runnable work) {
    this.process = process;
    this.dueAt = dueAt;
    this.number = number;
    this.kind = kind;
    this.work = work;
  }

  boolean cancel() {
    if (done || cancelled) {
      return false;
    }
    cancelled = true;
    return true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  boolean isDone() {
    return done || cancelled;
  }

  void run() {
    if (!cancelled) {
      done = true;
      work.run();
    }
  }

  @Override
  public int compareTo(WorldTask other) {
    int byTime = Long.compare(dueAt, other.dueAt);
    return byTime != 0 ? byTime : Long.compare(number, other.number);
  }
}
