// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import com.typesafe.config.Config;
import java.util.concurrent.ThreadFactory;
import org.apache.pekko.actor.AbstractScheduler;
import org.apache.pekko.actor.Cancellable;
import org.apache.pekko.event.LoggingAdapter;
import org.jspecify.annotations.Nullable;
import scala.concurrent.ExecutionContext;
import scala.concurrent.duration.FiniteDuration;

/** The scheduler of an actor system: its timers are tasks of the world. */
public final class WorldScheduler extends AbstractScheduler {

  private final World world = World.current();
  private final SimulatedProcess process = world.running();

  /** Pekko makes it by its name. */
  public WorldScheduler(Config config, LoggingAdapter log, ThreadFactory threads) {}

  @Override
  @Deprecated
  @SuppressWarnings("deprecation") // Fixed rates go through it.
  public Cancellable schedule(
      FiniteDuration initialDelay,
      FiniteDuration interval,
      Runnable runnable,
      ExecutionContext executor) {
    return new Repeated(interval.toNanos(), runnable, executor).startedAfter(initialDelay);
  }

  @Override
  public Cancellable scheduleOnce(
      FiniteDuration delay, Runnable runnable, ExecutionContext executor) {
    WorldTask task =
        world.after(process, delay.toNanos(), "scheduler", () -> executor.execute(runnable));
    return new Cancellable() {
      @Override
      public boolean cancel() {
        return task.cancel();
      }

      @Override
      public boolean isCancelled() {
        return task.isCancelled();
      }
    };
  }

  @Override
  public double maxFrequency() {
    return 1_000;
  }

  /** At a fixed rate: what was missed is made up for. */
  private final class Repeated implements Cancellable {

    private final long interval;
    private final Runnable runnable;
    private final ExecutionContext executor;
    private long dueAt;
    private boolean cancelled;
    private @Nullable WorldTask task;

    Repeated(long interval, Runnable runnable, ExecutionContext executor) {
      this.interval = interval;
      this.runnable = runnable;
      this.executor = executor;
    }

    Repeated startedAfter(FiniteDuration initialDelay) {
      dueAt = world.nanoTime() + initialDelay.toNanos();
      next();
      return this;
    }

    private void next() {
      task = world.after(process, dueAt - world.nanoTime(), "scheduler", this::fire);
    }

    private void fire() {
      executor.execute(runnable);
      if (!cancelled) {
        dueAt += interval;
        next();
      }
    }

    @Override
    public boolean cancel() {
      if (cancelled) {
        return false;
      }
      cancelled = true;
      if (task != null) {
        task.cancel();
      }
      return true;
    }

    @Override
    public boolean isCancelled() {
      return cancelled;
    }
  }
}
