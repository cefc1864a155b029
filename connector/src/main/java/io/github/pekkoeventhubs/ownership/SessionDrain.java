// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.ownership;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows when the drain of an epoch has nothing to wait for any more: nothing is emitted, and all
 * that was emitted is acknowledged, or nobody is left who could acknowledge it.
 *
 * <p>That no committer is there says little while the source runs: a stream may run a committer for
 * each batch, and events are on their way between two of them. It says something when the source
 * has ended, and nothing has been acknowledged for a moment.
 *
 * <p>Thread-safe; nothing is called under a lock.
 */
final class SessionDrain {

  private final LongSupplier unacknowledged;

  private volatile boolean begun;

  // The rest is guarded by this.
  private final IdentityHashMap<Object, Runnable> committers = new IdentityHashMap<>();
  private boolean committersHadJoined;
  private boolean emissionHasStopped;
  private int holds;
  private final LateAcknowledgements afterTheFailure = new LateAcknowledgements();
  private final LateAcknowledgements afterTheSource = new LateAcknowledgements();
  private @Nullable Runnable onDrained;

  /**
   * @param unacknowledged how many events are emitted and not acknowledged
   */
  SessionDrain(LongSupplier unacknowledged) {
    this.unacknowledged = unacknowledged;
  }

  boolean hasBegun() {
    return begun;
  }

  void emissionStopped() {
    signal(() -> emissionHasStopped = true);
  }

  /** Events are acknowledged, or need it no more. */
  void acknowledged() {
    if (begun) {
      signal(() -> {});
    }
  }

  synchronized void sourceEnded(long nanoTime, boolean failed) {
    afterTheSource.begin(nanoTime, unacknowledged.getAsLong());
    if (failed) {
      afterTheFailure.begin(nanoTime, unacknowledged.getAsLong());
    }
  }

  /** A drain does not wait for acknowledgements that a failed or ended stream has lost. */
  void checkLateAcknowledgements(long nanoTime) {
    signal(
        () -> {
          afterTheFailure.check(nanoTime, unacknowledged.getAsLong());
          afterTheSource.check(nanoTime, unacknowledged.getAsLong());
        });
  }

  void committerJoined(Object committer, Runnable onDraining) {
    boolean isLate;
    synchronized (this) {
      committersHadJoined = true;
      committers.put(committer, onDraining);
      isLate = begun;
    }
    if (isLate) {
      onDraining.run();
    }
  }

  void committerLeft(Object committer) {
    signal(() -> committers.remove(committer));
  }

  void hold() {
    signal(() -> holds++);
  }

  void release() {
    signal(() -> holds--);
  }

  /** Tells the committers; runs {@code whenDrained} once, on any thread. */
  void begin(Runnable whenDrained) {
    tellCommitters(whenDrained);
    signal(() -> {});
  }

  /** The epoch is over: there is nothing to wait for. */
  void end() {
    tellCommitters(null);
  }

  private void tellCommitters(@Nullable Runnable whenDrained) {
    List<Runnable> told;
    synchronized (this) {
      onDrained = whenDrained;
      begun = true;
      told = new ArrayList<>(committers.values());
    }
    told.forEach(Runnable::run);
  }

  private void signal(Runnable change) {
    Runnable done = null;
    synchronized (this) {
      change.run();
      if (onDrained != null && isDrained()) {
        done = onDrained;
        onDrained = null;
      }
    }
    if (done != null) {
      done.run();
    }
  }

  private boolean isDrained() {
    return emissionHasStopped
        && holds == 0
        && (unacknowledged.getAsLong() == 0 || nothingComesAnyMore());
  }

  private boolean nothingComesAnyMore() {
    boolean committersHaveLeft = committersHadJoined && committers.isEmpty();
    return afterTheFailure.areOver()
        || (committersHaveLeft && (afterTheFailure.hasBegun() || afterTheSource.areOver()));
  }
}
