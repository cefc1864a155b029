// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.receive;

import io.github.pekkoeventhubs.receive.SlowStreamRule.Answer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Takes a look at a partition from time to time while events may wait in the SDK that the stream
 * has not asked for, and does what {@link SlowStreamRule} says. No timer runs while the SDK owes
 * the stream events, or while the link is narrow. Thread-safe.
 */
final class SlowStreamWatch {

  private final IntakeWindow window;
  private final IntakeBounds bounds;
  private final Supplier<@Nullable PartitionReceiver> receiver;
  private final StageSignal.Timer timer;
  private final LongSupplier nanoTime;
  private final AtomicBoolean looks = new AtomicBoolean();

  /** Used by the thread that has set {@link #looks}, and by the looks that follow. */
  private final SlowStreamRule rule = new SlowStreamRule();

  /**
   * @param receiver the link that is attached now, if any
   * @param timer runs the looks, which do not block
   */
  SlowStreamWatch(
      IntakeWindow window,
      IntakeBounds bounds,
      Supplier<@Nullable PartitionReceiver> receiver,
      StageSignal.Timer timer,
      LongSupplier nanoTime) {
    this.window = window;
    this.bounds = bounds;
    this.receiver = receiver;
    this.timer = timer;
    this.nanoTime = nanoTime;
  }

  /**
   * How many further events to request now, as {@link IntakeBounds#worthwhileCredit} says. If it is
   * none, and none are owed, the looks begin. Any thread.
   */
  long worthwhileCredit(long requested) {
    long credit = bounds.worthwhileCredit(requested);
    if (credit <= 0 && !bounds.isOwed(requested)) {
      nothingIsOwed();
    }
    return credit;
  }

  /**
   * An event has come. Whether it and others are so large that those that are owed must not come
   * now. Looks begin if none are owed. For the receiver's thread.
   */
  boolean isOverfull() {
    PartitionReceiver current = receiver.get();
    if (current == null) {
      return false;
    }
    if (bounds.isOwed(current.granted())) {
      return window.isOverfull();
    }
    nothingIsOwed();
    return false;
  }

  /** All events have come that the SDK was asked for. Any thread. */
  private void nothingIsOwed() {
    if (!looks.get() && !isNarrow() && looks.compareAndSet(false, true)) {
      PartitionReceiver current = receiver.get();
      rule.begin(
          nanoTime.getAsLong(), window.emittedCount(), current == null ? 0 : current.granted());
      timer.after(SlowStreamRule.LOOK_INTERVAL, this::look);
    }
  }

  private boolean isNarrow() {
    return SlowStreamRule.isNarrow(bounds.linkEvents(), bounds.narrowestLink());
  }

  private void look() {
    PartitionReceiver current = receiver.get();
    if (current == null || !current.isOpen()) {
      looks.set(false);
      return;
    }
    long requested = current.granted();
    long room = window.allowance() - requested;
    Answer answer =
        rule.next(
            nanoTime.getAsLong(),
            new SlowStreamRule.Look(
                window.emittedCount(),
                requested,
                bounds.isOwed(requested),
                room > 0,
                bounds.linkEvents(),
                bounds.narrowestLink()));
    long pace = rule.pace();
    // The rule belongs to another thread as soon as this is false.
    looks.set(answer == Answer.LOOK_AGAIN);
    switch (answer) {
      case LOOK_AGAIN -> timer.after(SlowStreamRule.LOOK_INTERVAL, this::look);
      case NOTHING -> {
        if (!bounds.isOwed(current.granted())) {
          // The last event that was asked for has come meanwhile.
          nothingIsOwed();
        }
      }
      case FETCH -> current.fetch(requested, room);
      case REPLACE -> {
        bounds.slowedTo(pace);
        current.replace();
      }
    }
  }
}
