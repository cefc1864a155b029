// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import io.github.pekkoeventhubs.TrackedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One epoch of a partition whose checkpoints a {@link RecordingCommitter} keeps. */
final class RecordedEpoch implements PartitionEpoch {

  /** Takes down what happens to the epoch, and decides about its commits. */
  interface Journal {

    void acknowledged(TrackedEvent event);

    /** Stores a position, when the obstacles in its way allow it. */
    CompletionStage<CommitOutcome> commit(RecordedEpoch epoch, TrackedEvent position);
  }

  private final Journal journal;
  private final EventHubPartition partition;
  private final long number;
  private final Acknowledgement acknowledgement;
  private final AtomicLong dropped = new AtomicLong();

  // Guarded by this.
  /** The offsets given out that are not below the acknowledged position; absent until finished. */
  private final TreeMap<Long, @Nullable TrackedEvent> window = new TreeMap<>();

  /** The sequence numbers that have been emitted, and that count towards max-uncommitted. */
  private final TreeSet<Long> uncommitted = new TreeSet<>();

  private final Map<Object, Runnable> committers = new HashMap<>();
  private @Nullable TrackedEvent acknowledged;
  private @Nullable TrackedEvent stored;
  private boolean draining;

  private volatile int maxUncommitted = Integer.MAX_VALUE;
  private volatile boolean over;

  RecordedEpoch(
      Journal journal, EventHubPartition partition, long number, Acknowledgement acknowledgement) {
    this.journal = journal;
    this.partition = partition;
    this.number = number;
    this.acknowledgement = acknowledgement;
  }

  /** An offset has been given to the stream under test. */
  synchronized void given(long sequenceNumber) {
    if (acknowledged == null || sequenceNumber > acknowledged.sequenceNumber()) {
      window.putIfAbsent(sequenceNumber, null);
    }
  }

  /**
   * An event is to be emitted. Waits until fewer than so many events are with the stream that have
   * not been acknowledged, as the connector does.
   *
   * @return whether it may be emitted; false if the stream has acknowledged too few in this time
   */
  boolean emitting(long sequenceNumber, int bound, Duration patience) throws InterruptedException {
    maxUncommitted = bound;
    long start = System.nanoTime();
    synchronized (this) {
      while (uncommitted.size() >= bound && !over) {
        long left = patience.toMillis() - Duration.ofNanos(System.nanoTime() - start).toMillis();
        if (left <= 0) {
          return false;
        }
        wait(left);
      }
      if (window.containsKey(sequenceNumber) && window.get(sequenceNumber) == null) {
        uncommitted.add(sequenceNumber);
      }
      return true;
    }
  }

  /** The position was written; false if an equal or later one was before. */
  synchronized boolean stored(TrackedEvent position) {
    if (stored != null && stored.sequenceNumber() >= position.sequenceNumber()) {
      return false;
    }
    stored = position;
    return true;
  }

  synchronized OptionalLong acknowledgedNumber() {
    return numberOf(acknowledged);
  }

  synchronized OptionalLong storedNumber() {
    return numberOf(stored);
  }

  private static OptionalLong numberOf(@Nullable TrackedEvent position) {
    return position == null ? OptionalLong.empty() : OptionalLong.of(position.sequenceNumber());
  }

  synchronized int committers() {
    return committers.size();
  }

  CommitOutcome drop() {
    dropped.incrementAndGet();
    return CommitOutcome.DROPPED_NOT_OWNER;
  }

  long dropped() {
    return dropped.get();
  }

  synchronized void end() {
    over = true;
    notifyAll();
  }

  void startDraining() {
    List<Runnable> listeners;
    synchronized (this) {
      draining = true;
      listeners = new ArrayList<>(committers.values());
    }
    listeners.forEach(Runnable::run);
  }

  @Override
  public EventHubPartition partition() {
    return partition;
  }

  @Override
  public long number() {
    return number;
  }

  @Override
  public OptionalLong fencingToken() {
    return OptionalLong.of(number);
  }

  @Override
  public Acknowledgement acknowledgement() {
    return acknowledgement;
  }

  @Override
  public void acknowledge(TrackedEvent event) {
    if (!over) {
      advance(event);
      journal.acknowledged(event);
    }
  }

  /** Unlike an acknowledgement this says nothing of earlier events. */
  @Override
  public void skipped(TrackedEvent event) {
    if (!over) {
      finished(event);
      if (acknowledgement == Acknowledgement.ORDERED) {
        makeRoom(event.sequenceNumber());
      }
    }
  }

  private synchronized void makeRoom(long sequenceNumber) {
    uncommitted.remove(sequenceNumber);
    notifyAll();
  }

  private synchronized void advance(TrackedEvent event) {
    if (acknowledgement == Acknowledgement.ORDERED) {
      window.headMap(event.sequenceNumber(), true).clear();
      uncommitted.headSet(event.sequenceNumber(), true).clear();
      if (acknowledged == null || event.sequenceNumber() > acknowledged.sequenceNumber()) {
        acknowledged = event;
      }
    }
    finished(event);
  }

  private synchronized void finished(TrackedEvent event) {
    if (window.containsKey(event.sequenceNumber())) {
      window.put(event.sequenceNumber(), event);
    }
    for (Map.Entry<Long, @Nullable TrackedEvent> first = window.firstEntry();
        first != null && first.getValue() != null;
        first = window.firstEntry()) {
      acknowledged = first.getValue();
      window.pollFirstEntry();
      uncommitted.remove(first.getKey());
    }
    notifyAll();
  }

  @Override
  public int maxUncommitted() {
    return maxUncommitted;
  }

  @Override
  public CompletionStage<CommitOutcome> flush() {
    TrackedEvent position;
    synchronized (this) {
      position = acknowledged;
    }
    if (over) {
      return CompletableFuture.completedFuture(drop());
    }
    return position == null
        ? CompletableFuture.completedFuture(CommitOutcome.COMMITTED)
        : journal.commit(this, position);
  }

  @Override
  public synchronized boolean isDraining() {
    return draining;
  }

  @Override
  public boolean isOver() {
    return over;
  }

  @Override
  public void committerJoined(Object joined, Runnable onDraining) {
    boolean tell;
    synchronized (this) {
      committers.put(joined, onDraining);
      tell = draining;
    }
    if (tell) {
      onDraining.run();
    }
  }

  @Override
  public synchronized void committerLeft(Object left) {
    committers.remove(left);
  }
}
