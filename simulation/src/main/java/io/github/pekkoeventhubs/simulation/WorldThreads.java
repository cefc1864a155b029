// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The pool and the timer of the connector, as tasks of the world. Each belongs to the node whose
 * task asks for it.
 */
public final class WorldThreads {

  private WorldThreads() {}

  /** Runs tasks of this node, in any order. */
  public static Executor pool() {
    World world = World.current();
    SimulatedProcess process = world.running();
    return task -> world.post(process, "pool", task);
  }

  /** Runs a task of this node after a delay. */
  public static void soon(Duration delay, Runnable task) {
    World world = World.current();
    world.after(world.running(), delay.toNanos(), "timer", task);
  }

  /** Runs a task of this node after a delay. */
  public static void later(Duration delay, Runnable task) {
    soon(delay, task);
  }

  /** Runs a task of this node after a delay, unless it is cancelled before. */
  public static Future<?> cancellable(Duration delay, Runnable task) {
    World world = World.current();
    return new Pending(world.after(world.running(), delay.toNanos(), "timer", task));
  }

  private record Pending(WorldTask task) implements Future<Void> {

    @Override
    public boolean cancel(boolean mayInterrupt) {
      return task.cancel();
    }

    @Override
    public boolean isCancelled() {
      return task.isCancelled();
    }

    @Override
    public boolean isDone() {
      return task.isDone();
    }

    @Override
    public Void get() {
      throw new CancellationException("nothing in a world waits");
    }

    @Override
    public Void get(long timeout, TimeUnit unit) {
      return get();
    }
  }
}
