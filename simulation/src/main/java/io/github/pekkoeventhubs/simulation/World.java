// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Time and order of a run. All tasks of all nodes wait here, and one thread takes them: which of
 * those that are due comes next is decided by the seed. Time goes on a little with each task, and
 * jumps to the next timer when none is due.
 */
final class World {

  /** The wall clock at the beginning. */
  private static final Instant EPOCH = Instant.parse("2026-01-01T00:00:00Z");

  private static final int MOST_NANOS_OF_A_STEP = 4_000;

  /** Of so many tasks one is put off: its thread was not given the processor. */
  private static final int TASKS_PER_PAUSE = 400;

  private static final int LONGEST_PAUSE_NANOS = 20_000_000;

  /** The kind of a task that a dispatcher runs. */
  static final String DISPATCHER = "dispatcher";

  /**
   * Whether a story has each write to the store, each answer of it that is a failure, and the log
   * of Pekko.
   */
  private static final boolean DETAILS = Boolean.getBoolean("simulation.details");

  private static @Nullable World current;

  private final SplittableRandom random;
  private final Thread thread = Thread.currentThread();
  private final List<WorldTask> due = new ArrayList<>();
  private final PriorityQueue<WorldTask> timers = new PriorityQueue<>();

  /** The tasks of frozen processes that became due meanwhile. */
  private final Map<SimulatedProcess, List<WorldTask>> heldBack = new HashMap<>();

  private final SimulatedProcess services = new SimulatedProcess(-1, "services");
  private SimulatedProcess running = services;
  private long now;
  private long steps;
  private long tasks;
  private long hash = 1;
  private volatile @Nullable Throwable thrown;
  private @Nullable Consumer<String> story;

  World(long seed) {
    this.random = new SplittableRandom(seed);
    current = this;
  }

  /** The world of this thread's worker. */
  static World current() {
    if (current == null) {
      throw new IllegalStateException("there is no world");
    }
    return current;
  }

  SplittableRandom random() {
    return random;
  }

  long nanoTime() {
    return now;
  }

  Instant instant() {
    return EPOCH.plusNanos(now);
  }

  /** The process of the task that runs. */
  SimulatedProcess running() {
    return running;
  }

  SimulatedProcess services() {
    return services;
  }

  long steps() {
    return steps;
  }

  /** A number for everything that has happened, in its order. */
  long hash() {
    return hash;
  }

  /** Every line from now on goes there. */
  void tellTo(Consumer<String> listener) {
    story = listener;
  }

  /** Something that matters has happened: it counts in the hash. */
  void tell(String line) {
    mix(line.hashCode());
    if (story != null) {
      story.accept("%9.3f s  %-8s  %s".formatted(now / 1e9, running.name, line));
    }
  }

  /** A world has one thread; whoever comes on another has taken it from elsewhere. */
  private void checkThread() {
    if (Thread.currentThread() != thread) {
      IllegalStateException foreign =
          new IllegalStateException("another thread: " + Thread.currentThread());
      thrown = foreign;
      throw foreign;
    }
  }

  /** Whether somebody hears details. */
  boolean hasDetails() {
    return story != null && DETAILS;
  }

  /** Something for those who look for the cause of a broken promise: it is told and not counted. */
  void detail(String line) {
    if (story != null && DETAILS) {
      story.accept("%9.3f s  %-8s  %s".formatted(now / 1e9, running.name, line));
    }
  }

  void post(SimulatedProcess process, String kind, Runnable work) {
    checkThread();
    if (process.state != SimulatedProcess.State.DEAD) {
      due.add(new WorldTask(process, now, tasks++, kind, work));
    }
  }

  WorldTask after(SimulatedProcess process, long nanos, String kind, Runnable work) {
    checkThread();
    WorldTask task = new WorldTask(process, now + Math.max(1, nanos), tasks++, kind, work);
    if (process.state != SimulatedProcess.State.DEAD) {
      timers.add(task);
    }
    return task;
  }

  /** A span of time between the two, in nanoseconds. */
  long between(long leastMillis, long mostMillis) {
    return random.nextLong(leastMillis * 1_000_000, mostMillis * 1_000_000 + 1);
  }

  void freeze(SimulatedProcess process) {
    tell(process.name + " freezes");
    process.state = SimulatedProcess.State.FROZEN;
  }

  void wake(SimulatedProcess process) {
    process.state = SimulatedProcess.State.RUNNING;
    process.awakeSince = now;
    List<WorldTask> missed = heldBack.remove(process);
    if (missed != null) {
      due.addAll(missed);
    }
  }

  void kill(SimulatedProcess process) {
    process.state = SimulatedProcess.State.DEAD;
    heldBack.remove(process);
  }

  /** Runs as if it were a task of the process. */
  void within(SimulatedProcess process, Runnable work) {
    SimulatedProcess before = running;
    running = process;
    try {
      work.run();
    } finally {
      running = before;
    }
  }

  /** The same with a result. */
  <T> T callWithin(SimulatedProcess process, Supplier<T> work) {
    SimulatedProcess before = running;
    running = process;
    try {
      return work.get();
    } finally {
      running = before;
    }
  }

  /** Does the next task; false if there is none before the time. */
  boolean step(long until) {
    while (true) {
      moveDueTimers();
      if (due.isEmpty()) {
        WorldTask next = timers.peek();
        if (next == null || next.dueAt > until) {
          now = Math.max(now, until);
          return false;
        }
        now = next.dueAt;
        continue;
      }
      if (now > until) {
        return false;
      }
      WorldTask chosen = take(random.nextInt(due.size()));
      if (admit(chosen)) {
        run(chosen);
        return true;
      }
    }
  }

  /** Does what is due of a process and nothing else, until what it waits for has come. */
  void runDue(SimulatedProcess process, BooleanSupplier hasCome) {
    for (WorldTask timer : List.copyOf(timers)) {
      if (timer.process == process && timer.kind.equals(DISPATCHER)) {
        timers.remove(timer);
        due.add(timer);
      }
    }
    for (int i = 0; i < due.size() && !hasCome.getAsBoolean(); ) {
      if (due.get(i).process == process) {
        WorldTask task = due.remove(i);
        run(task);
        i = 0;
      } else {
        i++;
      }
    }
  }

  /** Throws what a task has thrown. */
  void check() {
    if (thrown != null) {
      throw new IllegalStateException("a task has thrown", thrown);
    }
  }

  private void moveDueTimers() {
    while (true) {
      WorldTask next = timers.peek();
      if (next == null || next.dueAt > now) {
        return;
      }
      timers.poll();
      if (!next.isCancelled()) {
        due.add(next);
      }
    }
  }

  private WorldTask take(int index) {
    WorldTask chosen = due.get(index);
    WorldTask last = due.remove(due.size() - 1);
    if (last != chosen) {
      due.set(index, last);
    }
    return chosen;
  }

  /** Puts a task aside or forgets it, unless it runs now. */
  private boolean admit(WorldTask task) {
    switch (task.process.state) {
      case DEAD -> {
        return false;
      }
      case FROZEN -> {
        heldBack.computeIfAbsent(task.process, frozen -> new ArrayList<>()).add(task);
        return false;
      }
      case RUNNING -> {}
    }
    if (task.isCancelled()) {
      return false;
    }
    if (task.process != services && random.nextInt(TASKS_PER_PAUSE) == 0) {
      timers.add(
          new WorldTask(
              task.process,
              now + random.nextInt(LONGEST_PAUSE_NANOS),
              tasks++,
              task.kind,
              task::run));
      return false;
    }
    return true;
  }

  private void run(WorldTask task) {
    now += random.nextInt(MOST_NANOS_OF_A_STEP);
    steps++;
    mix(task.process.number);
    mix(task.kind.hashCode());
    mix(now);
    SimulatedProcess before = running;
    running = task.process;
    try {
      task.run();
    } catch (Throwable e) {
      if (thrown == null) {
        thrown = e;
      }
    } finally {
      running = before;
    }
  }

  private void mix(long value) {
    hash = hash * 0x9E3779B97F4A7C15L + value;
    hash ^= hash >>> 29;
  }
}
