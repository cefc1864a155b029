// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.emulator.amqp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One thread that waits for sockets, for commands from other threads and for timers. Then it calls
 * each channel that has asked for work, so that it writes its new frames. A channel without work
 * costs nothing.
 */
final class EventLoop implements AutoCloseable {
  /** Whose socket this loop watches. Called on its thread. */
  interface Channel {
    /** The socket can be read, written or accepted from. */
    void onReady() throws IOException;

    /** Does the work for which {@link EventLoop#requestWork} was called. */
    void work() throws IOException;

    /** One of the above has failed, or the loop ends. */
    void abandon();
  }

  private record Timer(long dueNanos, Runnable action) {}

  private static final Logger LOG = LoggerFactory.getLogger(EventLoop.class);

  private final Selector selector;
  private final Thread thread;
  private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(Comparator.comparingLong(Timer::dueNanos));
  private final long startNanos = System.nanoTime();
  private Queue<Channel> waiting = new ArrayDeque<>();
  private Queue<Channel> working = new ArrayDeque<>();
  private volatile boolean closed;

  EventLoop(String threadName) throws IOException {
    selector = Selector.open();
    thread = new Thread(this::run, threadName);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Runs the command on the loop's thread; from any thread. Lost once the loop is closed. */
  void post(Runnable command) {
    commands.add(command);
    selector.wakeup();
  }

  /**
   * Runs the command on the loop's thread and waits for its result.
   *
   * @throws IllegalStateException if the loop is closed
   */
  <T> T call(Supplier<T> command) {
    if (Thread.currentThread() == thread) {
      return command.get();
    }
    CompletableFuture<T> result = new CompletableFuture<>();
    post(() -> complete(result, command));
    if (closed) {
      awaitEnd();
      result.completeExceptionally(new IllegalStateException("The service is closed"));
    }
    try {
      return result.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        cause.addSuppressed(new CallerTrace());
        throw cause;
      }
      throw e;
    }
  }

  SelectionKey register(SelectableChannel socket, int operations, Channel channel)
      throws IOException {
    socket.configureBlocking(false);
    return socket.register(selector, operations, channel);
  }

  /** Makes the loop call {@link Channel#work()} in this turn or, if that is over, in the next. */
  void requestWork(Channel channel) {
    waiting.add(channel);
  }

  /** Runs the action after the delay; only on the loop's thread. */
  void schedule(Duration delay, Runnable action) {
    scheduleAt(nanos() + delay.toNanos(), action);
  }

  /** Runs the action when {@link #nanos()} tells this; only on the loop's thread. */
  void scheduleAt(long dueNanos, Runnable action) {
    timers.add(new Timer(dueNanos, action));
  }

  /** Time since the loop was made, at least 1. */
  long millis() {
    return nanos() / 1_000_000 + 1;
  }

  boolean isClosed() {
    return closed;
  }

  /** Ends the loop, abandons all channels and waits for the thread. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    if (Thread.currentThread() != thread) {
      awaitEnd();
    }
  }

  private void run() {
    try {
      while (!closed) {
        select();
        runCommands();
        selector.selectedKeys().forEach(key -> attempt((Channel) key.attachment(), key));
        selector.selectedKeys().clear();
        runTimers();
        runWork();
      }
    } catch (IOException | RuntimeException | StackOverflowError e) {
      LOG.error("The event loop of the embedded Event Hubs service has failed", e);
    } finally {
      closed = true;
      shutDown();
    }
  }

  private void select() throws IOException {
    Timer next = timers.peek();
    if (!waiting.isEmpty()) {
      selector.selectNow();
    } else if (next == null) {
      selector.select();
    } else {
      selector.select(Math.max(1, (next.dueNanos() - nanos()) / 1_000_000));
    }
  }

  private void runCommands() {
    for (Runnable command = commands.poll(); command != null; command = commands.poll()) {
      runSafely(command);
    }
  }

  private void runTimers() {
    long now = nanos();
    for (Timer timer = timers.peek();
        timer != null && timer.dueNanos() <= now;
        timer = timers.peek()) {
      timers.remove(timer);
      runSafely(timer.action());
    }
  }

  /**
   * Works on the channels that were waiting when the turn began. A channel that is added meanwhile
   * waits for the next turn, so that the sockets are served in between.
   */
  private void runWork() {
    Queue<Channel> turn = waiting;
    waiting = working;
    working = turn;
    for (Channel channel = turn.poll(); channel != null; channel = turn.poll()) {
      try {
        channel.work();
      } catch (IOException | RuntimeException | StackOverflowError e) {
        abandon(channel, e);
      }
    }
  }

  private void attempt(Channel channel, SelectionKey key) {
    if (!key.isValid()) {
      return;
    }
    try {
      channel.onReady();
    } catch (IOException | RuntimeException | StackOverflowError e) {
      abandon(channel, e);
    }
  }

  private static void abandon(Channel channel, Throwable reason) {
    if (reason instanceof IOException) {
      LOG.debug("Connection lost", reason);
    } else {
      LOG.warn("Connection abandoned", reason);
    }
    channel.abandon();
  }

  private static void runSafely(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException | StackOverflowError e) {
      LOG.error("A command of the embedded Event Hubs service has failed", e);
    }
  }

  private void shutDown() {
    try {
      for (SelectionKey key : selector.keys()) {
        ((Channel) key.attachment()).abandon();
      }
      selector.close();
      // A caller that posted before the loop was closed is waiting for its answer.
      runCommands();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void awaitEnd() {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Time since the loop was made. */
  long nanos() {
    return System.nanoTime() - startNanos;
  }

  private static <T> void complete(CompletableFuture<T> result, Supplier<T> command) {
    try {
      result.complete(command.get());
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  /** Adds the caller's stack trace to the failure of a command that failed on the loop's thread. */
  private static final class CallerTrace extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CallerTrace() {
      super("Called from");
    }
  }
}
