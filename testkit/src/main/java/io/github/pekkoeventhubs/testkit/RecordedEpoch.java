// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.testkit;

import io.github.pekkoeventhubs.Acknowledgement;
import io.github.pekkoeventhubs.CommitOutcome;
import io.github.pekkoeventhubs.CommittableOffset;
import io.github.pekkoeventhubs.EventHubPartition;
import io.github.pekkoeventhubs.PartitionEpoch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** One epoch of a partition whose checkpoints a {@link RecordingCommitter} keeps. */
final class RecordedEpoch implements PartitionEpoch {

  private final RecordingCommitter committer;
  private final EventHubPartition partition;
  private final long number;
  private final Acknowledgement acknowledgement;
  private final AtomicLong dropped = new AtomicLong();

  // Guarded by this.
  /** The offsets given out that are not below the acknowledged position; absent until finished. */
  private final TreeMap<Long, @Nullable CommittableOffset> window = new TreeMap<>();

  private final Map<Object, Runnable> committers = new HashMap<>();
  private @Nullable CommittableOffset acknowledged;
  private @Nullable CommittableOffset stored;
  private boolean draining;

  private volatile boolean over;

  RecordedEpoch(
      RecordingCommitter committer,
      EventHubPartition partition,
      long number,
      Acknowledgement acknowledgement) {
    this.committer = committer;
    this.partition = partition;
    this.number = number;
    this.acknowledgement = acknowledgement;
  }

  /** An offset has been given to the stream under test. */
  synchronized void given(long sequenceNumber) {
    if (acknowledgement == Acknowledgement.UNORDERED
        && (acknowledged == null || sequenceNumber > acknowledged.sequenceNumber())) {
      window.putIfAbsent(sequenceNumber, null);
    }
  }

  /** The position was written; false if an equal or later one was before. */
  synchronized boolean stored(CommittableOffset position) {
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

  private static OptionalLong numberOf(@Nullable CommittableOffset position) {
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

  void end() {
    over = true;
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
  public Acknowledgement acknowledgement() {
    return acknowledgement;
  }

  @Override
  public void acknowledge(CommittableOffset offset) {
    if (!over) {
      advance(offset);
      committer.acknowledged(offset);
    }
  }

  private synchronized void advance(CommittableOffset offset) {
    if (acknowledgement == Acknowledgement.ORDERED) {
      if (acknowledged == null || offset.sequenceNumber() > acknowledged.sequenceNumber()) {
        acknowledged = offset;
      }
      return;
    }
    if (window.containsKey(offset.sequenceNumber())) {
      window.put(offset.sequenceNumber(), offset);
    }
    for (Map.Entry<Long, @Nullable CommittableOffset> first = window.firstEntry();
        first != null && first.getValue() != null;
        first = window.firstEntry()) {
      acknowledged = first.getValue();
      window.pollFirstEntry();
    }
  }

  @Override
  public CompletionStage<CommitOutcome> flush() {
    CommittableOffset position;
    synchronized (this) {
      position = acknowledged;
    }
    if (over) {
      return CompletableFuture.completedFuture(drop());
    }
    return position == null
        ? CompletableFuture.completedFuture(CommitOutcome.COMMITTED)
        : committer.commit(this, position);
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
