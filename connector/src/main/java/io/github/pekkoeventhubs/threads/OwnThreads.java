// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.threads;

import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.annotation.InternalApi;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * The threads of this library, shared by all actor systems of the process. They are daemons and end
 * when they have been idle for a while.
 *
 * <p>The pools that azure-core, Reactor and the JDK share are not used where this library depends
 * on an answer: the pool of azure-core has a shutdown hook of its own and takes nothing from the
 * moment of a SIGTERM on, in the middle of a drain; the others can be blocked or shut down by
 * anybody.
 */
@InternalApi
public final class OwnThreads {

  /** The beginning of the names of all these threads. */
  public static final String NAME_PREFIX = FatalErrors.OWN_THREADS;

  private static final Duration IDLE_TIME = Duration.ofSeconds(30);

  private static final ThreadPoolExecutor POOL =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_TIME.toMillis(),
          TimeUnit.MILLISECONDS,
          new SynchronousQueue<>(),
          daemons("worker")) {
        @Override
        protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
          FatalErrors.ofOwnTask(thrown);
        }
      };

  private static final ScheduledThreadPoolExecutor TIMER = timerThread();

  /**
   * Not made of the pool as an executor service: Reactor would interrupt a task whose result is no
   * longer wanted, and an interrupt within the SDK closes the connection that it is working for.
   */
  private static final Scheduler REACTOR_POOL = Schedulers.fromExecutor(task -> POOL.execute(task));

  private static final Scheduler REACTOR_TIMER = Schedulers.fromExecutorService(TIMER);

  private OwnThreads() {}

  private static ScheduledThreadPoolExecutor timerThread() {
    ScheduledThreadPoolExecutor timer =
        new ScheduledThreadPoolExecutor(1, daemons("timer")) {
          @Override
          protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
            FatalErrors.ofOwnTask(thrownBy(task));
          }
        };
    timer.setRemoveOnCancelPolicy(true);
    timer.setKeepAliveTime(IDLE_TIME.toMillis(), TimeUnit.MILLISECONDS);
    timer.allowCoreThreadTimeOut(true);
    return timer;
  }

  /** Returns what a timer's task has ended with. The timer keeps that to itself. */
  private static @Nullable Throwable thrownBy(Runnable task) {
    if (!(task instanceof Future<?> future) || !future.isDone() || future.isCancelled()) {
      return null;
    }
    try {
      future.get();
      return null;
    } catch (ExecutionException e) {
      return e.getCause();
    } catch (CancellationException | InterruptedException e) {
      return null;
    }
  }

  private static ThreadFactory daemons(String kind) {
    AtomicLong numbers = new AtomicLong();
    return task -> {
      Thread thread = new Thread(task, NAME_PREFIX + kind + "-" + numbers.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Runs tasks that may block: each at once, on a thread of its own where all others are busy. */
  public static Executor pool() {
    return POOL;
  }

  /** The same pool for Reactor. */
  public static Scheduler reactorPool() {
    return REACTOR_POOL;
  }

  /** The timer for Reactor. Its tasks must neither block nor call code of users. */
  public static Scheduler reactorTimer() {
    return REACTOR_TIMER;
  }

  /**
   * Runs a task after a delay on the timer's thread: it must neither block nor call users' code.
   */
  public static void soon(Duration delay, Runnable task) {
    TIMER.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * Runs a task that may block after a delay, unless it is cancelled before.
   *
   * @return cancels the task, and forgets it at once
   */
  public static Future<?> cancellable(Duration delay, Runnable task) {
    return TIMER.schedule(() -> POOL.execute(task), delay.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** Runs a task that may block after a delay. */
  public static void later(Duration delay, Runnable task) {
    cancellable(delay, task);
  }
}
