// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.tests.nodes;

import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * A pool that takes nothing any more from the moment in which the process begins to end, as the
 * shared pool of azure-core 1.57 does. The clients of the SDK use it in the node processes, so that
 * a drain which depends on that pool is noticed with every version of azure-core.
 */
final class PoolThatEndsEarly extends ScheduledThreadPoolExecutor {

  private volatile boolean ending;

  PoolThatEndsEarly() {
    super(2, task -> daemon(task));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> ending = true));
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "pool-that-ends-early");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    refuseWhenEnding();
    return super.schedule(command, delay, unit);
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    refuseWhenEnding();
    return super.schedule(callable, delay, unit);
  }

  @Override
  public void execute(Runnable command) {
    refuseWhenEnding();
    super.execute(command);
  }

  private void refuseWhenEnding() {
    if (ending) {
      throw new RejectedExecutionException("the process ends");
    }
  }
}
