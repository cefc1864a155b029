// SPDX-License-Identifier: Apache-2.0
package io.github.pekkoeventhubs.simulation.link;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Runs the worlds of many seeds, some of them twice, and tells what was found. */
final class SeedSeries {

  /** Of so many seeds one is run again, by another worker, which has run other seeds before. */
  private static final int SEEDS_PER_REPLAY = 20;

  private static final int STORIES = 1;

  private final WorldWorker.Size size;
  private final int workers;
  private final Consumer<String> out;
  private final Map<Long, WorldWorker.Outcome> toReplay = new ConcurrentSkipListMap<>();
  private final Map<Long, WorldWorker.Outcome> broken = new ConcurrentSkipListMap<>();
  private final AtomicLong steps = new AtomicLong();
  private final AtomicLong repeated = new AtomicLong();
  private final AtomicLong done = new AtomicLong();
  private final AtomicLong identical = new AtomicLong();
  private final AtomicLong different = new AtomicLong();

  SeedSeries(WorldWorker.Size size, int workers, Consumer<String> out) {
    this.size = size;
    this.workers = workers;
    this.out = out;
  }

  /** Returns whether no promise was broken and each replay was the same. */
  boolean run(long firstSeed, long seeds) throws InterruptedException {
    long begun = System.nanoTime();
    long processorBefore = processorNanos();
    AtomicLong next = new AtomicLong(firstSeed);
    Workers.together(
        workers,
        () -> {
          WorldWorker worker = new WorkerLoading(Map.of()).load();
          for (long seed; (seed = next.getAndIncrement()) < firstSeed + seeds; ) {
            ran(seed, worker.run(seed, size));
          }
        });
    double minutes = (System.nanoTime() - begun) / 60e9;
    long processor = processorNanos();
    replay();
    broken.keySet().stream().limit(STORIES).forEach(this::tell);
    out.accept("figure simulation.seeds " + seeds);
    out.accept("figure simulation.violations " + broken.size());
    out.accept("figure simulation.seeds-per-minute " + Math.round(seeds / minutes));
    out.accept(
        "figure simulation.processor-ms-per-seed "
            + Math.round((processor - processorBefore) / 1e6 / seeds));
    out.accept("figure simulation.replays-identical " + identical);
    out.accept("figure simulation.steps-per-seed " + steps.get() / seeds);
    out.accept("figure simulation.repeated-events-per-seed " + repeated.get() / seeds);
    return broken.isEmpty() && different.get() == 0;
  }

  /** The time of all threads of the process, which depends little on other work of the machine. */
  private static long processorNanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  private void ran(long seed, WorldWorker.Outcome outcome) {
    steps.addAndGet(outcome.steps());
    repeated.addAndGet(outcome.repeated());
    if (!outcome.broken().isEmpty()) {
      broken.put(seed, outcome);
      out.accept("seed " + seed + ": " + outcome.broken());
      out.accept("  " + howToRepeat(seed, size.mode()));
    }
    if (seed % SEEDS_PER_REPLAY == 0 || !outcome.broken().isEmpty()) {
      toReplay.put(seed, outcome);
    }
    if (done.incrementAndGet() % 1_000 == 0) {
      out.accept(done + " seeds done, " + broken.size() + " with a broken promise");
    }
  }

  private static String howToRepeat(long seed, WorldWorker.Mode mode) {
    return "repeat it: ./mvnw -Psimulate verify -Dsimulate.seeds=1 -Dsimulate.seed="
        + seed
        + (mode == WorldWorker.Mode.BOTH
            ? ""
            : " -Dsimulate.mode=" + mode.name().toLowerCase(Locale.ROOT));
  }

  /** In classes that were loaded anew, and from the last seed to the first. */
  private void replay() throws InterruptedException {
    Workers.together(
        1,
        () -> {
          WorldWorker worker = new WorkerLoading(Map.of()).load();
          List<Long> seeds = List.copyOf(toReplay.keySet());
          for (int i = seeds.size() - 1; i >= 0; i--) {
            long seed = seeds.get(i);
            if (worker.run(seed, size).equals(toReplay.get(seed))) {
              identical.incrementAndGet();
            } else {
              different.incrementAndGet();
              out.accept("seed " + seed + " was another run the second time");
            }
          }
        });
  }

  private void tell(long seed) {
    out.accept("The shortest story that was found for seed " + seed + ":");
    new WorkerLoading(Map.of()).load().shrunkStory(seed, size).forEach(out);
  }
}
