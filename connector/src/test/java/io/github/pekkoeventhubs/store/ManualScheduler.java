// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** A clock, a scheduler and an executor that move only when the test says so. */
public final class ManualScheduler extends AbstractScheduler implements Executor {

  private final Deque<Runnable> tasks = new ArrayDeque<>();
  private final List<Timer> timers = new ArrayList<>();
  private long nanos;

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  /** Runs whatever is ready, and whatever becomes ready by that. */
  public void runReady() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  public void advance(Duration time) {
    long end = nanos + time.toNanos();
    runReady();
    for (Timer due = nextUntil(end); due != null; due = nextUntil(end)) {
      timers.remove(due);
      nanos = due.at;
      due.task.run();
      runReady();
    }
    nanos = end;
  }

  public long nanoTime() {
    return nanos;
  }

  int waiting() {
    return timers.size();
  }

  private @Nullable Timer nextUntil(long end) {
    return timers.stream()
        .filter(timer -> timer.at <= end)
        .min(Comparator.comparingLong(timer -> timer.at))
        .orElse(null);
  }

  @Override
  public Cancellable scheduleOnce(
      FiniteDuration delay, Runnable runnable, ExecutionContext executor) {
    Timer timer = new Timer(nanos + delay.toNanos(), runnable);
    timers.add(timer);
    return timer;
  }

  /** Abstract in every supported Pekko, though deprecated. */
  @Override
  @SuppressWarnings("deprecation")
  public Cancellable schedule(
      FiniteDuration initialDelay,
      FiniteDuration interval,
      Runnable runnable,
      ExecutionContext executor) {
    throw new UnsupportedOperationException("nothing here is periodic");
  }

  @Override
  public double maxFrequency() {
    return 1000;
  }

  private final class Timer implements Cancellable {
    private final long at;
    private final Runnable task;

    Timer(long at, Runnable task) {
      this.at = at;
      this.task = task;
    }

    @Override
    public boolean cancel() {
      return timers.remove(this);
    }

    @Override
    public boolean isCancelled() {
      return !timers.contains(this);
    }
  }
}
